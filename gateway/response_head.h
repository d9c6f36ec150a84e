#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/response.h"

namespace stead {

/// What of a response the connection decides.
struct Framing {
  bool keep_alive = true;
  /// The client speaks HTTP/1.0, and must be told if the connection stays.
  bool http10 = false;
  std::string_view date;
  /// How the client finds the end of the body.
  enum class End { text_size, given_size, chunks, close };
  End end = End::text_size;
  /// With `given_size`.
  std::uint64_t size = 0;
};

/// Whether a response of this status has a body at all.
bool has_body(int status);

/// Appends the status line and the header of a response, up to and with the empty line. The
/// fields that frame it are ours; those that the author set are left out. Gives a reason if the
/// response cannot be sent (a status out of range, a header with a line break), and then `out` is
/// of no use.
std::optional<std::string> append_head(std::string& out, const Response& response,
                                       const Framing& framing);

}  // namespace stead
