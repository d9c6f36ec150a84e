#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "runtime/body_stream.h"
#include "runtime/operation.h"
#include "runtime/pull_call.h"

namespace stead {

/// A source of an object that somebody reads elsewhere. As an operation it keeps the object in
/// memory, and what is sent to it finds it by its number: a `PullCall`, or nothing, which means
/// that the reader has gone.
///
/// Thread: the object's. Owner: its instance, until the end of the stream.
class OpenStream final : public Operation {
 public:
  /// `what` names it in the log.
  OpenStream(Instance& instance, std::unique_ptr<BodySource> source, std::string what);
  ~OpenStream() override;

  void complete(std::unique_ptr<Call> call) override;
  /// The other end.
  std::unique_ptr<internal::RemoteBody> reader() const;

  BodySource& source() { return *source_; }
  const std::shared_ptr<const std::string>& what() const { return what_; }
 private:
  class Reader;

  std::unique_ptr<BodySource> source_;
  std::shared_ptr<const std::string> what_;
  /// Shared with the reader's end, which has nothing to close once it is set.
  std::shared_ptr<std::atomic<bool>> ended_;
};

}  // namespace stead
