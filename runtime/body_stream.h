#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "runtime/task.h"

namespace stead {

class Instance;
class PullCall;
namespace internal {
class RemoteBody;
}

/// Where an object's streamed body comes from. The runtime keeps it from the moment the object has
/// answered, and the object stays in memory as long.
///
/// Thread: the object's. Owner: the `BodyStream` that it was given to; once the object has answered
/// with that, the instance. One that never leaves its object is closed only if it is read to its
/// end.
class BodySource {
 public:
  virtual ~BodySource() = default;

  /// The next chunk; nothing at the end. Each call is an event of the object, and runs as a turn of
  /// its own: what it writes is durable before the chunk leaves. Called when the reader has taken
  /// the last chunk; never twice at a time, nor after the end or an exception. An exception breaks
  /// the body off; the reader can tell that from its end.
  virtual Task<std::optional<std::string>> next() = 0;

  /// Nothing more is asked for: the end was told, `next` threw, or the reader has gone or never
  /// wanted it (HEAD). Called once, in a turn of the object, behind the last `next`; one that still
  /// waits has been cancelled. Not called if the object is reset or the node stops: then there is
  /// only the destructor, outside of every turn.
  virtual void close() {}
};

/// What makes a stream of a function: `Task<std::optional<std::string>>()`.
template <class T>
concept ChunkFunction =
    std::invocable<T&> &&
    std::same_as<std::invoke_result_t<T&>, Task<std::optional<std::string>>>;

/// A body that comes in chunks while it is made: of a response (`Response::streamed`), or of a
/// request to a class that asks for it (`streams_requests`). What makes the chunks waits for what
/// reads them, so a body of any length needs the memory of a chunk or two.
///
/// It can be read here, or handed on unread in a request or a response: then whoever gets it reads
/// from the source directly. Copies are the same stream. One that is dropped unread is closed at
/// its source.
///
/// Thread: the turn of the object that has it. Lifetime: that instance's.
class BodyStream {
 public:
  BodyStream() = default;
  explicit BodyStream(std::unique_ptr<BodySource> source);
  template <ChunkFunction Next>
  explicit BodyStream(Next next)
      : BodyStream(std::make_unique<FunctionSource<Next>>(std::move(next))) {}

  /// Whether there is a stream at all.
  explicit operator bool() const { return parts_ != nullptr; }

  /// The next chunk, of whatever size; nothing at the end. Throws what broke the stream off:
  /// `ErrorCode::disconnected` if a client went away, `HttpError` 413 if its body is too long, 408
  /// if it stalls, `ResetError` if the object that makes the stream was reset. One at a time. A
  /// dropped read loses its chunk.
  Task<std::optional<std::string>> read();
  /// All that is still to come. Throws `HttpError` 413 beyond `limit` bytes.
  Task<std::string> read_all(std::size_t limit);

  // For the runtime's own use.

  explicit BodyStream(std::unique_ptr<internal::RemoteBody> remote);
  /// Names the object that reads it from now on.
  void bind(Instance& reader);
  /// Gets it ready to leave an object: a source of its own stays with it, open. `what` names the
  /// stream in the log. Copies that stay behind cannot be read any more.
  void leave(Instance& owner, const std::string& what);
  /// Asks for the next chunk; the call returns to its caller with it.
  void pull(std::unique_ptr<PullCall> call) const;

 private:
  struct Parts;

  template <class Next>
  class FunctionSource final : public BodySource {
   public:
    explicit FunctionSource(Next next) : next_(std::move(next)) {}
    Task<std::optional<std::string>> next() override { return next_(); }

   private:
    Next next_;
  };

  static Task<std::optional<std::string>> read_here(std::shared_ptr<Parts> parts);
  static Task<std::optional<std::string>> read_from_afar(std::shared_ptr<Parts> parts);
  static Task<std::string> collect(BodyStream stream, std::size_t limit);

  std::shared_ptr<Parts> parts_;
};

}  // namespace stead
