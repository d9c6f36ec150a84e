#pragma once

#include <optional>
#include <string>

#include "runtime/call.h"

namespace stead {

class OpenStream;

/// Asks for the next chunk of a streamed body, and brings it back: nothing in `result` means the
/// end. It travels to an object as a `Resumption` of the stream, so that it passes no queue, and
/// back through the outbox, as every call. Whoever asks derives from this and says how it returns.
class PullCall : public TypedCall<std::optional<std::string>> {
 public:
  using TypedCall::TypedCall;

  std::size_t bytes() const override { return 0; }
  std::string describe() const override;
  void start(DurableObject& object) override;
  void settle(Instance& callee) override;
  bool awaits_answer() const override { return !result && !error; }

  /// The stream that answers it, while it does.
  OpenStream* stream = nullptr;
  /// Whose body it is, for the log.
  std::shared_ptr<const std::string> what;
};

namespace internal {

/// The reader's end of a stream whose source is elsewhere. Its destructor gives up reading.
///
/// Thread: the reader's; it may change hands. Owner: one `BodyStream`.
class RemoteBody {
 public:
  RemoteBody() = default;
  virtual ~RemoteBody() = default;
  RemoteBody(const RemoteBody&) = delete;
  RemoteBody& operator=(const RemoteBody&) = delete;

  /// The call comes back in any case. One at a time.
  virtual void pull(std::unique_ptr<PullCall> call) = 0;
  /// Whom the stream belongs to, for messages.
  virtual const ObjectAddress& origin() const = 0;
};

}  // namespace internal

}  // namespace stead
