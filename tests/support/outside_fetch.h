#pragma once

#include <future>
#include <memory>
#include <utility>

#include "runtime/incoming_call.h"

namespace stead::test {

/// A request from outside of the node, as the gateway makes them, whose answer a test waits for.
class OutsideFetch final : public IncomingFetch {
 public:
  using IncomingFetch::IncomingFetch;
  void return_to_caller(std::unique_ptr<Call>) override {
    if (error) {
      answer.set_exception(std::make_exception_ptr(*error));
    } else {
      answer.set_value(std::move(*result));
    }
  }
  std::promise<Response> answer;
};

}  // namespace stead::test
