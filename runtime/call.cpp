#include "runtime/call.h"

#include "runtime/class_info.h"

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

}  // namespace stead
