#pragma once

#include <array>
#include <string>
#include <string_view>
#include <typeindex>

#include "runtime/namespace.h"
#include "runtime/request.h"
#include "runtime/response.h"
#include "runtime/state.h"
#include "runtime/stub.h"
#include "runtime/task.h"

namespace stead {

struct ClassInfo;
class DurableObject;

namespace internal {

/// Calls `fetch` with a request whose body is a stream: as that, or collected first, whichever the
/// class wants.
Task<Response> fetch_streamed(DurableObject& object, const ClassInfo& of, Request request);

}  // namespace internal

/// The base of an author's class. Each object is one instance with its own fields and its own
/// database; at most one instance of an object exists. Fields are a cache: they are lost when the
/// object leaves memory. The database is the truth.
///
/// The constructor runs before the first event, in the same turn; it should be cheap. Handlers run
/// one turn at a time: between two `co_await`s nothing else runs in this object, and everything
/// written is one transaction. An exception goes to the caller and undoes nothing; use
/// `storage().transaction_sync` for that.
///
/// A class may declare its schema:
///
///     static constexpr auto migrations = std::to_array<const char*>(
///         {"CREATE TABLE c(id INTEGER PRIMARY KEY, v INTEGER)"});
///
/// Step i brings a database from version i to i + 1, at wake-up, in one transaction. Append steps;
/// never change one.
///
/// A class that reads long request bodies while they arrive, from `Request::stream`, says
/// `static constexpr bool streams_requests = true;`. Bodies up to 64 KiB are whole even then.
///
/// Thread: the object's turn. Owner: the runtime.
class DurableObject {
 public:
  explicit DurableObject(State& state) : state_(state) {}
  virtual ~DurableObject() = default;
  DurableObject(const DurableObject&) = delete;
  DurableObject& operator=(const DurableObject&) = delete;

  /// Answers an HTTP request. Answers 404 unless overridden.
  virtual Task<Response> fetch(Request request);

 protected:
  State& state() { return state_; }
  Storage& storage() { return state_.storage(); }
  Sql& sql() { return state_.storage().sql(); }
  Kv& kv() { return state_.storage().kv(); }
  const Id& id() const { return state_.id(); }
  /// The name this object was reached by. Throws `TypeError` if it has none (a unique id).
  const std::string& name() const;
  const Env& env() const { return state_.env(); }

  /// The objects of a class, by its C++ type or by the name given to `App::add`. Throws an `Error`
  /// with `ErrorCode::unknown_class` if the application has none.
  template <class T>
  Namespace<T> objects() {
    return Namespace<T>(state_.instance(), class_of(typeid(T)));
  }
  Namespace<> objects(std::string_view class_name) {
    return Namespace<>(state_.instance(), class_of(class_name));
  }

  /// The object of class `T` with this name.
  template <class T>
  Stub<T> object(std::string name) {
    return objects<T>().get_by_name(std::move(name));
  }
  template <class T>
  Stub<T> object(const Id& id) {
    return objects<T>().get(id);
  }

  template <class Body>
  auto block_concurrency_while(Body body) {
    return state_.block_concurrency_while(std::move(body));
  }

 private:
  friend Task<Response> internal::fetch_streamed(DurableObject& object, const ClassInfo& of,
                                                 Request request);

  const Class& class_of(std::type_index type);
  const Class& class_of(std::string_view name);

  State& state_;
};

}  // namespace stead
