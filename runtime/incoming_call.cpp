#include "runtime/incoming_call.h"

#include <nlohmann/json.hpp>

#include "runtime/class_info.h"
#include "runtime/durable_object.h"

namespace stead {

IncomingFetch::IncomingFetch(ObjectAddress target, Request request)
    : TypedCall(std::move(target)),
      request_(std::move(request)),
      bytes_(request_.target.size() + request_.body.size()),
      method_(request_.method),
      target_text_(request_.target) {}

std::string IncomingFetch::describe() const { return "fetch " + method_ + " " + target_text_; }

void IncomingFetch::start(DurableObject& object) {
  set_task(request_.stream
               ? internal::fetch_streamed(object, target().of->info, std::move(request_))
               : object.fetch(std::move(request_)));
}

IncomingMethod::IncomingMethod(ObjectAddress target, std::string method,
                               std::unique_ptr<nlohmann::json> args, std::size_t bytes)
    : TypedCall(std::move(target)),
      method_(std::move(method)),
      arguments_(std::move(args)),
      bytes_(bytes) {}

IncomingMethod::~IncomingMethod() = default;

void IncomingMethod::start(DurableObject& object) {
  const auto& info = target().of->info;
  if (info.any_method) {
    set_task(info.any_method(object, method_, arguments_->dump()));
    return;
  }
  const auto found = info.methods.find(method_);
  if (found == info.methods.end()) {
    throw HttpError(404, info.name + " has no method \"" + method_ + "\" that is callable by name");
  }
  set_task(found->second(object, *arguments_));
}

}  // namespace stead
