#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stead {

/// A variable of `[vars]`, `.dev.vars` or `.env`.
struct ProjectVar {
  std::string name;
  /// Its value as JSON: a string with its quotes, a number, a table.
  std::string json;
  /// The same decoded, if it is a string.
  std::optional<std::string> text{};
};

/// Names a class of objects for the code: `env.ROOMS` gives the namespace of `Room`.
struct ObjectBinding {
  std::string name;
  std::string class_name;
  /// The script that has the class; empty: this one.
  std::string script_name{};
  std::size_t line = 0;
};

/// Sends requests straight to objects, past the worker. See `App::route`.
struct ObjectRoute {
  std::string pattern;
  std::string class_name;
  /// A template over the pattern's words that gives the object's name.
  std::string object;
  std::size_t line = 0;
};

/// One entry of `migrations`. See `plan_class_changes`.
struct ClassMigration {
  struct Rename {
    std::string from;
    std::string to;
  };
  struct Transfer {
    std::string from;
    std::string from_script;
    std::string to;
  };
  std::string tag;
  std::vector<std::string> created{};
  std::vector<Rename> renamed{};
  std::vector<std::string> deleted{};
  std::vector<Transfer> transferred{};
  std::size_t line = 0;
};

/// One entry of `exports`, which says what is to be rather than what to do.
struct ClassExport {
  enum class State { created, deleted, renamed, transferred, expecting_transfer };
  std::string class_name;
  State state = State::created;
  /// The new class of a renamed one, the script of a transfer.
  std::string other{};
  std::size_t line = 0;
};

/// Static files. Paths of folders are absolute here and below.
struct ProjectAssets {
  std::string directory;
  std::string binding{};
  std::string html_handling = "auto-trailing-slash";
  std::string not_found_handling = "none";
  /// Patterns; "/*" for `run_worker_first = true`.
  std::vector<std::string> worker_first{};
  /// Globs of `[site]`; no `include` means everything.
  std::vector<std::string> include{};
  std::vector<std::string> exclude{};
  /// A `[site]`, whose paths are taken as they are.
  bool is_site = false;
};

struct ProjectBuild {
  std::string command;
  std::string cwd;
  std::vector<std::string> watch{};
};

struct D1Binding {
  std::string name;
  std::string database_name{};
  std::string database_id{};
  std::string preview_database_id{};
  std::string migrations_table = "d1_migrations";
  std::string migrations_dir = "migrations";
};

struct R2Binding {
  std::string name;
  std::string bucket;
  std::string preview_bucket{};
};

struct KvBinding {
  std::string name;
  std::string id{};
  std::string preview_id{};
};

/// What a project's folder says. A plain value.
struct Project {
  std::string file{};
  std::string folder{};
  /// What `--env` chose; empty if nothing.
  std::string environment{};

  std::string name{};
  /// The program; empty if there are only assets.
  std::string main{};
  std::string account_id{};
  std::string compatibility_date{};
  std::vector<std::string> compatibility_flags{};

  std::vector<ProjectVar> vars{};
  std::vector<ObjectBinding> objects{};
  std::vector<ClassMigration> migrations{};
  /// Instead of migrations.
  std::vector<ClassExport> exports{};
  bool has_exports = false;
  std::vector<D1Binding> databases{};
  std::vector<R2Binding> buckets{};
  std::vector<KvBinding> namespaces{};

  std::optional<ProjectAssets> assets{};
  std::optional<ProjectBuild> build{};
  std::vector<std::string> routes{};
  std::vector<ObjectRoute> object_routes{};
  std::vector<std::string> crons{};
  std::optional<std::int64_t> cpu_ms{};
  std::string dev_ip{};
  std::optional<std::uint16_t> dev_port{};

  /// What is odd and stops nothing, each with its place.
  std::vector<std::string> warnings{};

  /// Sets or replaces a variable that is a string.
  void set_var(const std::string& var_name, const std::string& text);
  bool has_flag(std::string_view flag) const;
  /// Whether the compatibility date is `date` ("2025-04-01") or later.
  bool compatible_since(std::string_view date) const { return compatibility_date >= date; }
  /// The class is one of this script's own, not another's.
  bool is_own(const ObjectBinding& binding) const;
  /// `vars` as one JSON object.
  std::string vars_json() const;
  /// Where Python looks for modules: beside `main`, `python_modules/`, `src/vendor/`; what exists.
  std::vector<std::string> python_path() const;
};

}  // namespace stead
