#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "runtime/call.h"
#include "runtime/request.h"
#include "runtime/response.h"

namespace stead {

/// A `fetch` from outside. Whoever brings it in derives from this and says how the answer returns.
class IncomingFetch : public TypedCall<Response> {
 public:
  IncomingFetch(ObjectAddress target, Request request);
  std::size_t bytes() const override { return bytes_; }
  std::string describe() const override;
  void start(DurableObject& object) override;

 private:
  Request request_;
  std::size_t bytes_;
  /// The request is moved into the handler; these stay for the log.
  std::string method_;
  std::string target_text_;
};

/// A call of a named method from outside, with a JSON array of arguments. The result is JSON text.
/// Fails with `HttpError` 404 if the class has no such method, 400 if the arguments do not fit.
class IncomingMethod : public TypedCall<std::string> {
 public:
  /// `bytes` is the size of the arguments' text.
  IncomingMethod(ObjectAddress target, std::string method, std::unique_ptr<nlohmann::json> args,
                 std::size_t bytes);
  ~IncomingMethod() override;
  std::size_t bytes() const override { return bytes_; }
  std::string describe() const override { return "call of " + method_; }
  void start(DurableObject& object) override;

 private:
  std::string method_;
  std::unique_ptr<nlohmann::json> arguments_;
  std::size_t bytes_;
};

}  // namespace stead
