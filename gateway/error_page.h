#pragma once

#include <string>
#include <string_view>

#include "base/environment.h"
#include "base/error.h"
#include "gateway/router.h"
#include "runtime/call.h"
#include "runtime/response.h"

namespace stead {

class LogSink;

/// The one place that turns failures into responses. Each is JSON:
///
///     {"error": {"code": "overloaded", "message": "…", "object": "Counter(alice)",
///                "reference": "9f86d081884c7d65"}}
///
/// What an exception says may name tables, files or secrets, so only texts that are meant for
/// clients (`HttpError`, and our own) leave. For the others the client gets a `reference`, and the
/// log gets the same reference with the real text. `object` repeats what the client itself sent.
///
/// Thread: one. Owner: a shard's listener; `random` and `log` outlive it.
class ErrorPages {
 public:
  ErrorPages(Random& random, LogSink& log) : random_(random), log_(log) {}

  /// A call that came back with an error.
  Response failure(const Error& error, const Call& call);
  /// A fault that the client must not see; `real` goes to the log.
  Response hidden(std::string_view code, std::string_view message, std::string_view real,
                  const ObjectAddress& target, const std::string& request);

  /// A request that goes nowhere.
  static Response refusal(const RouteRefusal& refusal);
  /// A request that the listener itself cannot serve.
  static Response plain(int status, std::string_view code, std::string_view message);

 private:
  std::string new_reference();

  Random& random_;
  LogSink& log_;
};

}  // namespace stead
