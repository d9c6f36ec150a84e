#include "runtime/durable_object.h"

#include "runtime/instance.h"

namespace stead {

Task<Response> DurableObject::fetch(Request request) {
  return Response::text("This object does not answer " + request.method + ".\n", 404);
}

const std::string& DurableObject::name() const {
  if (!id().name()) {
    throw TypeError("this object has no name: it was reached by an id, or its name is too long");
  }
  return *id().name();
}

const Class& DurableObject::class_of(std::type_index type) {
  if (const auto* found = state_.instance().host().classes().find(type)) return *found;
  throw Error(ErrorCode::unknown_class,
              "the application has no such class: add it with App::add in main()");
}

const Class& DurableObject::class_of(std::string_view name) {
  if (const auto* found = state_.instance().host().classes().find(name)) return *found;
  throw Error(ErrorCode::unknown_class, "the application has no class \"" + std::string(name) +
                                            "\": add it with App::add in main()");
}

namespace {

Task<Response> fetch_collected(DurableObject& object, Request request, std::size_t limit) {
  request.body = co_await request.stream.read_all(limit);
  request.stream = BodyStream();
  auto response = co_await object.fetch(std::move(request));
  co_return response;
}

}  // namespace

Task<Response> internal::fetch_streamed(DurableObject& object, const ClassInfo& of,
                                        Request request) {
  auto& instance = object.state_.instance();
  request.stream.bind(instance);
  if (of.streams_requests) return object.fetch(std::move(request));
  return fetch_collected(object, std::move(request), instance.host().config().http.body_bytes);
}

}  // namespace stead
