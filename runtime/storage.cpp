#include "runtime/storage.h"

#include "runtime/instance.h"

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

void Storage::delete_all() { instance_.delete_all(); }

std::int64_t Storage::database_size() { return instance_.store().database_size(); }

void Storage::in_savepoint(void (*body)(void*), void* context) {
  instance_.store().transaction_sync([&] { body(context); });
}

}  // namespace stead
