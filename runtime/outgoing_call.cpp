#include "runtime/outgoing_call.h"

#include <nlohmann/json.hpp>

#include "runtime/class_info.h"
#include "runtime/durable_object.h"
#include "runtime/instance.h"

namespace stead {

namespace {

/// A call that waits to leave with its caller's commit.
class Departure final : public Output {
 public:
  Departure(Host& host, std::unique_ptr<Call> call) : host_(host), call_(std::move(call)) {}
  void release(std::unique_ptr<Output>) override { host_.send(std::move(call_)); }
  /// The instance that would hear of it is thrown away.
  void fail(std::unique_ptr<Output>, const Error&) override {}

 private:
  Host& host_;
  std::unique_ptr<Call> call_;
};

}  // namespace

void CallOrigin::give_back(std::unique_ptr<Call> call) const {
  if (call->error) call->error->set_remote(true);
  const ObjectId object = caller;
  Resumption resumption{incarnation, operation, nullptr};
  Host& home = *host;
  resumption.call = std::move(call);
  home.resume(object, std::move(resumption));
}

std::size_t OutgoingFetch::bytes() const { return request_.target.size() + request_.body.size(); }

std::string OutgoingFetch::describe() const { return "fetch " + target_text_; }

void OutgoingFetch::start(DurableObject& object) {
  set_task(request_.stream
               ? internal::fetch_streamed(object, target().of->info, std::move(request_))
               : object.fetch(std::move(request_)));
}

void OutgoingNamed::start(DurableObject& object) {
  const auto& info = target().of->info;
  if (info.any_method) {
    set_task(info.any_method(object, method_, std::move(arguments_)));
    return;
  }
  const auto found = info.methods.find(method_);
  if (found == info.methods.end()) {
    throw Error(ErrorCode::unknown_method,
                info.name + " has no method \"" + method_ + "\" that is callable by name");
  }
  const auto arguments = nlohmann::json::parse(arguments_, nullptr, false);
  if (!arguments.is_array()) {
    throw TypeError("the arguments of " + info.name + "." + method_ + " must be a JSON array");
  }
  set_task(found->second(object, arguments));
}

CallOrigin internal::origin_of(Instance& caller, const Operation& operation) {
  return {&caller.host(), caller.address().id, caller.incarnation(), operation.number()};
}

void internal::emit_call(Instance& caller, std::unique_ptr<Call> call) {
  auto& host = caller.host();
  caller.emit(std::make_unique<Departure>(host, std::move(call)));
}

}  // namespace stead
