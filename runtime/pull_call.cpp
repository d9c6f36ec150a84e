#include "runtime/pull_call.h"

#include "runtime/instance.h"
#include "runtime/open_stream.h"

namespace stead {

std::string PullCall::describe() const {
  return "the streamed body of " + (what ? *what : std::string("a request"));
}

void PullCall::start(DurableObject&) { set_task(stream->source().next()); }

void PullCall::settle(Instance& callee) {
  if (stream) callee.pull_answered(*std::exchange(stream, nullptr), error || !*result);
}

}  // namespace stead
