#pragma once

#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

#include "runtime/call.h"
#include "runtime/operation.h"
#include "runtime/request.h"
#include "runtime/response.h"

namespace stead {

class Host;
class Instance;

/// Where a call made by an object goes back to: the operation that waits for it.
struct CallOrigin {
  Host* host = nullptr;
  ObjectId caller;
  std::uint64_t incarnation = 0;
  std::uint64_t operation = 0;

  void give_back(std::unique_ptr<Call> call) const;
};

/// A call from one object to another.
template <class T>
class OutgoingCall : public TypedCall<T> {
 public:
  using TypedCall<T>::TypedCall;
  void return_to_caller(std::unique_ptr<Call> self) final { origin.give_back(std::move(self)); }
  CallOrigin origin;
};

/// `Stub::fetch`.
class OutgoingFetch final : public OutgoingCall<Response> {
 public:
  OutgoingFetch(ObjectAddress target, Request request)
      : OutgoingCall(std::move(target)),
        request_(std::move(request)),
        target_text_(request_.target) {}
  std::size_t bytes() const override;
  std::string describe() const override;
  void start(DurableObject& object) override;

 private:
  Request request_;
  /// The request is moved into the handler; this stays for the log.
  std::string target_text_;
};

/// `Stub::call_json`: a method by its name, in whatever language its class is written.
class OutgoingNamed final : public OutgoingCall<std::string> {
 public:
  OutgoingNamed(ObjectAddress target, std::string method, std::string arguments)
      : OutgoingCall(std::move(target)),
        method_(std::move(method)),
        arguments_(std::move(arguments)) {}
  std::size_t bytes() const override { return method_.size() + arguments_.size(); }
  std::string describe() const override { return "call of " + method_; }
  void start(DurableObject& object) override;

 private:
  std::string method_;
  std::string arguments_;
};

namespace internal {

template <auto method>
struct MethodTraits;

template <class Object, class R, class... Params, R (Object::*method)(Params...)>
struct MethodTraits<method> {
  using Class = Object;
  using Result = AwaitedType<R>;
  using Arguments = std::tuple<std::decay_t<Params>...>;
};

template <class Object, class R, class... Params, R (Object::*method)(Params...) const>
struct MethodTraits<method> {
  using Class = Object;
  using Result = AwaitedType<R>;
  using Arguments = std::tuple<std::decay_t<Params>...>;
};

/// Calls a method and gives its result as a task, whether or not it is one.
template <auto method, class Object, class Arguments>
auto apply_method(Object& object, Arguments&& arguments)
    -> Task<typename MethodTraits<method>::Result> {
  auto invoke = [&object](auto&&... values) -> decltype(auto) {
    return (object.*method)(std::forward<decltype(values)>(values)...);
  };
  using Returned = decltype(std::apply(invoke, std::forward<Arguments>(arguments)));
  if constexpr (std::is_void_v<Returned>) {
    std::apply(invoke, std::forward<Arguments>(arguments));
    return Task<void>();
  } else {
    return std::apply(invoke, std::forward<Arguments>(arguments));
  }
}

/// Registers the operation, emits the call, and waits for its return.
template <class T>
Task<T> perform(Instance& caller, std::unique_ptr<OutgoingCall<T>> call);

CallOrigin origin_of(Instance& caller, const Operation& operation);
void emit_call(Instance& caller, std::unique_ptr<Call> call);

}  // namespace internal

/// A typed method call. The arguments travel by value.
template <auto method>
class OutgoingMethod final : public OutgoingCall<typename internal::MethodTraits<method>::Result> {
  using Traits = internal::MethodTraits<method>;

 public:
  OutgoingMethod(ObjectAddress target, typename Traits::Arguments arguments)
      : OutgoingCall<typename Traits::Result>(std::move(target)),
        arguments_(std::move(arguments)) {}
  std::size_t bytes() const override { return sizeof arguments_; }
  std::string describe() const override { return "method call"; }
  void start(DurableObject& object) override {
    // The stub's class table made sure of the type.
    auto& typed = static_cast<typename Traits::Class&>(object);
    this->set_task(internal::apply_method<method>(typed, std::move(arguments_)));
  }

 private:
  typename Traits::Arguments arguments_;
};

template <class T>
Task<T> internal::perform(Instance& caller, std::unique_ptr<OutgoingCall<T>> call) {
  Operation returned(caller);
  call->origin = origin_of(caller, returned);
  emit_call(caller, std::move(call));
  co_await returned;
  auto answer = returned.take_call();
  if (answer->error) answer->error->raise();
  if constexpr (!std::is_void_v<T>) {
    auto& result = *static_cast<OutgoingCall<T>&>(*answer).result;
    if constexpr (std::is_same_v<T, Response>) result.stream.bind(caller);
    co_return std::move(result);
  }
}

}  // namespace stead
