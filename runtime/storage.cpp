#include "runtime/storage.h"

#include <functional>
#include <memory>

#include "base/wall_time.h"
#include "runtime/instance.h"
#include "storage/bookmark.h"
#include "storage/history.h"

namespace stead {

namespace {

/// Leaves when everything before it is durable, and says so to the object itself.
class SyncOutput final : public Output {
 public:
  SyncOutput(Host& host, const ObjectId& object, Resumption resumption)
      : host_(host), object_(object), resumption_(std::move(resumption)) {}

  void release(std::unique_ptr<Output>) override { host_.resume(object_, std::move(resumption_)); }
  bool waits_for_all() const override { return true; }
  /// The instance that waits is thrown away.
  void fail(std::unique_ptr<Output>, const Error&) override {}

 private:
  Host& host_;
  ObjectId object_;
  Resumption resumption_;
};

/// What a background thread finds out from history.
struct HistoryAnswer {
  std::uint64_t number = 0;
  std::optional<Error> error;
};

/// Asks history on the host's background thread; gives its answer.
Task<std::uint64_t> ask_history(Instance& instance,
                                std::function<std::uint64_t(History&)> question) {
  auto answer = std::make_shared<HistoryAnswer>();
  Operation answered(instance);
  const auto ask = [answer, question, data = instance.host().config().data](Disk& disk) {
    try {
      History history(disk, data);
      answer->number = question(history);
    } catch (...) {
      answer->error = current_error();
    }
  };
  instance.host().run_in_background(ask, instance.address().id, answered.resumption());
  co_await answered;
  if (answer->error) answer->error->raise();
  co_return answer->number;
}

void require_history(Instance& instance) {
  if (instance.host().config().history.on()) return;
  throw StorageError("no history is kept: set history.keep, e.g. to \"168h\"");
}

}  // namespace

Sql& Storage::sql() { return instance_.store().sql(); }

Kv& Storage::kv() { return instance_.store().kv(); }

Storage::Unconfirmed Storage::allow_unconfirmed() {
  return Unconfirmed(instance_.store().unconfirmed_writes());
}

Task<void> Storage::sync() {
  instance_.store().request_flush();
  Operation synced(instance_);
  instance_.emit(
      std::make_unique<SyncOutput>(instance_.host(), instance_.address().id, synced.resumption()));
  co_await synced;
}

std::string Storage::current_bookmark() {
  require_history(instance_);
  return to_bookmark(instance_.host().last_commit_number());
}

Task<std::string> Storage::bookmark_for_time(WallTime time) {
  require_history(instance_);
  if (time > instance_.host().environment().clock.wall_now()) {
    throw RangeError("there is no bookmark for a time in the future: " + format_exact_time(time));
  }
  auto asked = ask_history(instance_, [time](History& history) { return history.number_at(time); });
  const auto number = co_await asked;
  co_return to_bookmark(number);
}

Task<std::string> Storage::on_next_start_restore_bookmark(std::string bookmark) {
  require_history(instance_);
  const auto number = parse_bookmark(bookmark);
  if (!number || *number > instance_.host().last_commit_number()) {
    throw RangeError("\"" + bookmark + "\" is not a bookmark of this node");
  }
  // What is not durable yet is part of the state that it can be taken back to.
  auto synced = sync();
  co_await synced;
  const bool exists = instance_.store().stored();
  const auto id = instance_.address().id;
  auto checked = ask_history(instance_, [id, exists, to = *number](History& history) {
    history.check(id, exists, to);
    return to;
  });
  const auto checked_number = co_await checked;
  instance_.store().request_restore(checked_number);
  co_return to_bookmark(instance_.host().last_commit_number());
}

void Storage::delete_all() { instance_.delete_all(); }

std::int64_t Storage::database_size() { return instance_.store().database_size(); }

void Storage::in_savepoint(void (*body)(void*), void* context) {
  instance_.store().transaction_sync([&] { body(context); });
}

}  // namespace stead
