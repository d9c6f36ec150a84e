#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/environment.h"
#include "runtime/body_stream.h"
#include "runtime/pull_call.h"

namespace stead {

/// A request's body that its object reads while it arrives. What has arrived and was not asked for
/// yet is in the reader's request.
struct IncomingBody {
  /// Which of the connection's requests it belongs to.
  std::uint64_t request = 0;
  /// Asked for, and nothing there to answer with.
  std::unique_ptr<PullCall> waiting{};
  /// The client waits to be told that its body is wanted.
  bool continue_due = false;
  bool complete = false;
  /// Why the rest will not come.
  std::optional<Error> fault{};
  /// When the client has taken too long with what is waited for.
  MonotonicTime deadline = MonotonicTime::max();
};

/// A response's body on its way to the client.
struct OutgoingBody {
  BodyStream stream;
  ObjectAddress target;
  bool chunked = true;
  /// Bytes that were promised and not sent, if a length was promised.
  std::optional<std::uint64_t> left{};
  /// Nothing follows what is being written.
  bool ended = false;
};

}  // namespace stead
