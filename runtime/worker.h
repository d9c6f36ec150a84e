#pragma once

#include <functional>

#include "runtime/durable_object.h"

namespace stead {

/// Code in front of the objects, for applications that route by themselves (`App::fetch`). It has
/// neither name nor storage; each shard has one, and its requests run side by side.
///
/// Thread: its shard. Owner: the runtime.
class Worker final : public DurableObject {
 public:
  using Handler = std::function<Task<Response>(Request, Worker&)>;

  Worker(State& state, const Handler& handler) : DurableObject(state), handler_(handler) {}

  Task<Response> fetch(Request request) override { return handler_(std::move(request), *this); }

  using DurableObject::env;
  using DurableObject::object;
  using DurableObject::objects;

 private:
  const Handler& handler_;
};

}  // namespace stead
