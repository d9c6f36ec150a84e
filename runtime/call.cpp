#include "runtime/call.h"

#include "runtime/class_info.h"
#include "runtime/instance.h"

namespace stead {

namespace {

std::unique_ptr<Call> as_call(std::unique_ptr<Output> output) {
  return std::unique_ptr<Call>(static_cast<Call*>(output.release()));
}

}  // namespace

std::string ObjectAddress::to_string() const {
  return of->info.name + "(" + (name ? *name : id.to_string()) + ")";
}

void Call::release(std::unique_ptr<Output> self) { return_to_caller(as_call(std::move(self))); }

void Call::fail(std::unique_ptr<Output> self, const Error& reason) {
  return_with_error(as_call(std::move(self)), reason);
}

void return_with_error(std::unique_ptr<Call> call, const Error& error) {
  auto& self = *call;
  self.error = error;
  self.error->set_object(self.target().to_string());
  self.return_to_caller(std::move(call));
}

void drop(Resumption resumption) {
  if (!resumption.call || !resumption.call->awaits_answer()) return;
  ResetError error("the stream was broken off: its object was reset, or has ended it");
  error.set_object_reset(true);
  return_with_error(std::move(resumption.call), error);
}

void internal::lend_body(Call& call, std::optional<Response>& response, Instance& callee) {
  try {
    response->stream.leave(callee, call.describe());
  } catch (...) {
    call.error = current_error();
    response.reset();
  }
}

}  // namespace stead
