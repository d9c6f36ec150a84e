#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "storage/value.h"

struct sqlite3;

namespace stead {

/// The values of one group, while SQLite goes through them.
class SqlAggregate {
 public:
  virtual ~SqlAggregate() = default;
  virtual void step(std::span<const SqlView> arguments) = 0;
  virtual SqlValue finish() = 0;
};

/// A function that a program adds to SQL, for one connection: a scalar or an aggregate. The text of
/// what it throws becomes the statement's error.
///
/// Thread: the connection's. Lifetime: shared by the connections that have it.
struct SqlFunction {
  std::string name;
  /// How many arguments it takes; -1 for any number.
  int arity = -1;
  /// Gives the same for the same arguments, so that indexes and columns may use it.
  bool deterministic = false;
  /// A scalar's code; empty for an aggregate.
  std::function<SqlValue(std::span<const SqlView>)> call{};
  /// Begins a group; empty for a scalar. A group without rows gives NULL without it.
  std::function<std::unique_ptr<SqlAggregate>()> begin_group{};
};

/// Makes it known to SQLite, which then refers to `function`; the result code.
int add_to_sqlite(sqlite3* connection, const SqlFunction& function);
/// Takes back a function of this name and number of arguments; the result code.
int remove_from_sqlite(sqlite3* connection, const std::string& name, int arity);

}  // namespace stead
