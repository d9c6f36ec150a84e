#include "cli/object_history.h"

#include <cstdio>

#include "cli/object_finder.h"
#include "cli/offline_storage.h"
#include "cli/point_in_time.h"
#include "cli/query_output.h"
#include "storage/bookmark.h"
#include "storage/disk_file.h"
#include "storage/object_files.h"
#include "storage/object_index.h"

namespace stead {

namespace {

using Command = CommandLine::Command;

/// One command, on one object.
class HistoryCommand final {
 public:
  HistoryCommand(const CommandLine& line, const Config& config)
      : line_(line), data_(config.data), storage_(config) {}

  Result<void> run() {
    const auto found = locate_object(data_, line_.class_name, line_.object, line_.by_id);
    if (!found) return found.error();
    object_ = found.value();
    const bool past = !line_.at.empty();
    if (!past && !file_exists(object_.path)) {
      return nothing_stored(line_.class_name, line_.object, object_);
    }
    switch (line_.command) {
      case Command::object_restore:
        return restore();
      case Command::object_fork:
        return fork();
      case Command::object_export:
        return copy();
      case Command::object_delete:
        return remove();
      default:
        return write();
    }
  }

 private:
  std::string called(const std::string& name) const { return line_.class_name + "(" + name + ")"; }

  FileDraft present() { return storage_.draft(line_.class_name, object_.id); }

  /// The object as it was at `--at`, or as it is.
  Result<std::uint64_t> rewind(FileDraft& draft) {
    if (line_.at.empty()) return storage_.last_number();
    auto history = storage_.history();
    const auto now = Environment::system().clock.wall_now();
    const auto number = find_point(line_.at, now, storage_.last_number(), history);
    if (number) history.rewind(draft, object_.id, number.value());
    return number;
  }

  Result<void> restore() {
    auto draft = present();
    const bool existed = draft.exists();
    const auto number = rewind(draft);
    if (!number) return number.error();
    const auto committed = storage_.commit(draft, line_.class_name, object_.id);
    if (!committed) {
      std::printf("%s is as it was then: nothing was changed\n", called(line_.object).c_str());
      return {};
    }
    if (!existed) {
      if (const auto listed = list(object_.id, object_.path); !listed) return listed;
    }
    std::printf("restored %s as of bookmark %s\n", called(line_.object).c_str(),
                to_bookmark(number.value()).c_str());
    print_undo(*committed, existed);
    return {};
  }

  Result<void> fork() {
    const auto target = locate_object(data_, line_.class_name, line_.new_name, false);
    if (!target) return target.error();
    const auto& id = target.value().id;
    auto fork = storage_.draft(line_.class_name, id);
    if (fork.exists()) {
      return Error(ErrorCode::type, called(line_.new_name) +
                                        " exists already: choose a name that nobody has, or delete "
                                        "that object before");
    }
    auto draft = present();
    if (const auto number = rewind(draft); !number) return number.error();
    const auto path = storage_.temporary_path(id);
    draft.write_to(path);
    const auto now = Environment::system().clock.wall_now();
    const auto named = rename_object(path, line_.new_name, now);
    if (named) fork.become(path);
    remove_file(path);
    if (!named) return named;
    storage_.commit(fork, line_.class_name, id);
    if (const auto listed = list(id, fork.path()); !listed) return listed;
    std::printf("made %s from %s\n", called(line_.new_name).c_str(), called(line_.object).c_str());
    return {};
  }

  Result<void> copy() {
    auto draft = present();
    if (const auto number = rewind(draft); !number) return number.error();
    const auto path = storage_.temporary_path(object_.id);
    draft.write_to(path);
    auto done = export_object(path, line_.target);
    remove_file(path);
    return done;
  }

  Result<void> remove() {
    auto draft = present();
    draft.remove();
    const auto committed = storage_.commit(draft, line_.class_name, object_.id);
    const auto index = ObjectIndex::open(data_);
    index->apply({ObjectIndex::Deleted{object_.id}});
    index->close();
    if (committed) print_undo(*committed, true);
    return {};
  }

  Result<void> write() {
    auto draft = present();
    const auto path = storage_.temporary_path(object_.id);
    draft.write_to(path);
    const auto table = run_offline_query(path, line_.sql, OfflineFile::Access::write);
    if (table) draft.become(path);
    remove_file(path);
    if (!table) return table.error();
    const auto committed = storage_.commit(draft, line_.class_name, object_.id);
    print_table(table.value());
    std::printf("rows changed: %lld\n", static_cast<long long>(table.value().changes));
    if (committed) print_undo(*committed, true);
    return {};
  }

  /// What was there before the commit was nothing, or can be restored.
  void print_undo(std::uint64_t committed, bool existed) const {
    if (!existed) return;
    std::printf("to undo: object restore %s %s%s --at %s\n", line_.class_name.c_str(),
                line_.object.c_str(), line_.by_id ? " --id" : "",
                to_bookmark(committed - 1).c_str());
  }

  /// Adds an object to the directory.
  Result<void> list(const ObjectId& id, const std::string& path) const {
    const auto summary = read_object_summary(path);
    if (!summary) return summary.error();
    const auto now = Environment::system().clock.wall_now();
    const auto& found = summary.value();
    const auto index = ObjectIndex::open(data_);
    index->apply(
        {ObjectIndex::Created{{line_.class_name, id, found.name, found.created, now, found.size}}});
    index->close();
    return {};
  }

  const CommandLine& line_;
  const std::string data_;
  OfflineStorage storage_;
  FoundObject object_;
};

}  // namespace

bool uses_history(const CommandLine& line, const Config& config) {
  switch (line.command) {
    case Command::object_restore:
    case Command::object_fork:
      return true;
    case Command::object_export:
      return !line.at.empty();
    case Command::object_sql:
      return line.write && OfflineStorage::keeps_history(config);
    case Command::object_delete:
      return line.yes && OfflineStorage::keeps_history(config);
    default:
      return false;
  }
}

Result<void> run_object_history(const CommandLine& line, const Config& config) {
  if (const auto there = check_data_directory(config.data); !there) return there;
  if (!line.at.empty() && !OfflineStorage::keeps_history(config)) {
    return Error(ErrorCode::storage, "no history is kept in " + config.data +
                                         ": set history.keep, e.g. to \"168h\", and what happens "
                                         "from then on can be undone");
  }
  try {
    return HistoryCommand(line, config).run();
  } catch (const Error& error) {
    return Error(error.code(), line.class_name + "(" + line.object + "): " + error.what());
  }
}

}  // namespace stead
