#pragma once

#include <concepts>
#include <string>
#include <tuple>
#include <utility>

#include "runtime/id.h"
#include "runtime/outgoing_call.h"

namespace stead {

class DurableObject;

/// A way to call one object from another. Making one touches nothing; a call leaves with the
/// commit of the turn that makes it, so two calls made before the first await run at the same
/// time. Calls made on one stub arrive in the order made. A call fails with an `Error` whose flags
/// tell what may be done (`retryable`, `overloaded`, `object_reset`); the stub stays usable.
///
/// Thread: the turn of the object that made it. Lifetime: that instance's. A plain value.
template <class T = DurableObject>
class Stub {
 public:
  Stub(Instance& caller, ObjectAddress target) : caller_(&caller), target_(std::move(target)) {}

  Id id() const { return Id(target_.id, target_.name); }

  /// An HTTP-shaped call of the object's `fetch`. A streamed body, of either, goes chunk by chunk
  /// from the object that makes it to the one that reads it.
  Task<Response> fetch(Request request) {
    request.stream.leave(*caller_, "the body of a request");
    return internal::perform<Response>(
        *caller_, std::make_unique<OutgoingFetch>(target_, std::move(request)));
  }

  /// Calls a method by the name that its class gave it, in whatever language that is written: with
  /// the text of a JSON array, for the result as JSON text.
  Task<std::string> call_json(std::string method, std::string arguments) {
    return internal::perform<std::string>(
        *caller_,
        std::make_unique<OutgoingNamed>(target_, std::move(method), std::move(arguments)));
  }

  /// Calls a public method of `T`, with arguments and result by value:
  ///
  ///     auto left = co_await object<Counter>("alice").call<&Counter::add>(-5);
  template <auto method, class... Args>
    requires std::derived_from<T, typename internal::MethodTraits<method>::Class> &&
             std::constructible_from<typename internal::MethodTraits<method>::Arguments, Args...>
  auto call(Args&&... args) -> Task<typename internal::MethodTraits<method>::Result> {
    using Traits = internal::MethodTraits<method>;
    return internal::perform<typename Traits::Result>(
        *caller_, std::make_unique<OutgoingMethod<method>>(
                      target_, typename Traits::Arguments(std::forward<Args>(args)...)));
  }

 private:
  Instance* caller_;
  ObjectAddress target_;
};

}  // namespace stead
