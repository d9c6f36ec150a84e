#include "runtime/body_stream.h"

#include "runtime/instance.h"
#include "runtime/outgoing_call.h"
#include "runtime/pull_call.h"

namespace stead {

struct BodyStream::Parts {
  /// Of the object that has the stream; null once it is open for a reader elsewhere.
  std::unique_ptr<BodySource> source;
  std::unique_ptr<internal::RemoteBody> remote;
  Instance* reader = nullptr;
  bool reading = false;
  bool ended = false;
  /// What broke it off.
  std::optional<Error> fault;
};

namespace {

/// A pull made by an object.
class ObjectPull final : public PullCall {
 public:
  using PullCall::PullCall;
  void return_to_caller(std::unique_ptr<Call> self) override { origin.give_back(std::move(self)); }
  CallOrigin origin;
};

/// One that waits to leave with its object's commit: what the source does then is seen outside.
class PullDeparture final : public Output {
 public:
  PullDeparture(BodyStream stream, std::unique_ptr<PullCall> call)
      : stream_(std::move(stream)), call_(std::move(call)) {}
  void release(std::unique_ptr<Output>) override { stream_.pull(std::move(call_)); }
  /// The instance that would hear of it is thrown away.
  void fail(std::unique_ptr<Output>, const Error&) override {}

 private:
  BodyStream stream_;
  std::unique_ptr<PullCall> call_;
};

/// Marks a stream as being read, for as long as the read is waited for.
class Reading {
 public:
  explicit Reading(bool& mark) : mark_(mark) {
    if (mark_) throw TypeError("two reads of one stream at the same time: await the first");
    mark_ = true;
  }
  ~Reading() { mark_ = false; }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

 private:
  bool& mark_;
};

}  // namespace

BodyStream::BodyStream(std::unique_ptr<BodySource> source) : parts_(std::make_shared<Parts>()) {
  parts_->source = std::move(source);
}

BodyStream::BodyStream(std::unique_ptr<internal::RemoteBody> remote)
    : parts_(std::make_shared<Parts>()) {
  parts_->remote = std::move(remote);
}

Task<std::optional<std::string>> BodyStream::read() {
  if (!parts_) throw TypeError("there is no stream to read: the body is in the field `body`");
  if (parts_->fault) parts_->fault->raise();
  if (parts_->ended) return std::optional<std::string>();
  if (parts_->source) return read_here(parts_);
  if (parts_->remote && parts_->reader) return read_from_afar(parts_);
  throw TypeError("the stream cannot be read here: it was handed on");
}

Task<std::optional<std::string>> BodyStream::read_here(std::shared_ptr<Parts> parts) {
  const Reading reading(parts->reading);
  std::optional<std::string> chunk;
  try {
    chunk = co_await parts->source->next();
  } catch (...) {
    parts->fault = current_error();
  }
  if (!chunk) {
    parts->ended = true;
    const auto source = std::move(parts->source);
    source->close();
  }
  if (parts->fault) parts->fault->raise();
  co_return chunk;
}

Task<std::optional<std::string>> BodyStream::read_from_afar(std::shared_ptr<Parts> parts) {
  const Reading reading(parts->reading);
  auto& instance = *parts->reader;
  Operation returned(instance);
  auto call = std::make_unique<ObjectPull>(parts->remote->origin());
  call->origin = internal::origin_of(instance, returned);
  BodyStream stream;
  stream.parts_ = parts;
  instance.emit(std::make_unique<PullDeparture>(std::move(stream), std::move(call)));
  co_await returned;
  const auto answer = returned.take_call();
  if (answer->error) {
    parts->fault = answer->error;
    answer->error->raise();
  }
  auto& chunk = *static_cast<ObjectPull&>(*answer).result;
  if (!chunk) {
    parts->ended = true;
    parts->remote.reset();
  }
  co_return std::move(chunk);
}

Task<std::string> BodyStream::read_all(std::size_t limit) { return collect(*this, limit); }

Task<std::string> BodyStream::collect(BodyStream stream, std::size_t limit) {
  std::string whole;
  for (;;) {
    const auto chunk = co_await stream.read();
    if (!chunk) break;
    if (chunk->size() > limit - whole.size()) {
      throw HttpError(413, "the body is longer than " + std::to_string(limit) + " bytes");
    }
    whole += *chunk;
  }
  co_return whole;
}

void BodyStream::bind(Instance& reader) {
  if (parts_) parts_->reader = &reader;
}

void BodyStream::leave(Instance& owner, const std::string& what) {
  if (!parts_) return;
  if (parts_->reading) throw TypeError("a stream that is being read cannot be handed on");
  auto parts = std::make_shared<Parts>();
  parts->ended = parts_->ended;
  if (parts_->source) {
    parts->remote = owner.open_stream(std::move(parts_->source), what);
  } else if (parts_->remote) {
    parts->remote = std::move(parts_->remote);
  } else if (parts_->fault) {
    parts_->fault->raise();
  } else if (!parts_->ended) {
    throw TypeError("the stream was handed on already: it has one reader");
  }
  parts_ = std::move(parts);
}

void BodyStream::pull(std::unique_ptr<PullCall> call) const {
  if (parts_ && parts_->remote) return parts_->remote->pull(std::move(call));
  call->result.emplace();
  auto& self = *call;
  self.return_to_caller(std::move(call));
}

}  // namespace stead
