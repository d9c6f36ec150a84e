#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/sql_limits.h"

struct sqlite3;

namespace stead {

struct SqlFunction;

/// Whose statement SQLite is compiling or running.
enum class Trust : std::uint8_t {
  app,      ///< the author's: only what the allow lists let through
  trusted,  ///< ours
};

/// Whether tables and the like of this name belong to the framework (`_stead_`, `_cf_`, any case).
bool is_reserved_name(std::string_view name);

/// Decides, through SQLite's authorizer, what an author's SQL may do: its own tables, the allowed
/// pragmas and functions; no transactions, no other database, nothing named as ours.
///
/// SQLite may compile a statement again while it steps, so `Scope` must cover steps as well.
/// SQLite does not tell the new name of ALTER TABLE ... RENAME: `Seen::alters` asks the caller to
/// look at the schema afterwards.
///
/// Thread: the connection's. Lifetime: the connection's.
class Guard {
 public:
  /// What compiling a statement showed of it.
  struct Seen {
    bool alters = false;
    /// Takes effect when compiled, so it must not be cached.
    bool pragma = false;
    /// Is undone at the end of the transaction, so it needs one.
    bool defers_foreign_keys = false;
  };

  class Scope {
   public:
    Scope(Guard& guard, Trust trust) : guard_(guard), outer_(guard.trust_) { guard.trust_ = trust; }
    ~Scope() { guard_.trust_ = outer_; }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Guard& guard_;
    Trust outer_;
  };

  /// `functions` are the connection's own, which any statement may call.
  Guard(SqlLimits limits, const std::vector<std::shared_ptr<const SqlFunction>>& functions)
      : limits_(limits), functions_(functions) {}
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  /// Installs itself, and sets the limits on the author's SQL.
  void attach(sqlite3* connection);
  /// Forgets what earlier statements showed.
  void start_statement() { seen_ = {}, refusal_.clear(); }
  const Seen& seen() const { return seen_; }
  /// Why the last statement was refused and what to do instead; empty if it was not, or if
  /// SQLite's own text says enough.
  const std::string& refusal() const { return refusal_; }

 private:
  static int authorize(void* self, int action, const char* first, const char* second,
                       const char* database, const char* trigger);
  bool allows(int action, std::string_view first, std::string_view second,
              std::string_view database);
  bool has_function(std::string_view name) const;
  bool allows_pragma(std::string_view name, std::string_view argument, bool has_argument);
  bool refuse(std::string why);

  const SqlLimits limits_;
  const std::vector<std::shared_ptr<const SqlFunction>>& functions_;
  Trust trust_ = Trust::app;
  Seen seen_;
  std::string refusal_;
};

}  // namespace stead
