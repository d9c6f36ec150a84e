#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/config.h"
#include "runtime/request.h"

namespace stead {

/// Reads HTTP/1 requests from bytes, one after another, straight into a `Request`. Strict where
/// leniency would let two servers see two different requests: exactly one `Host`, either one
/// `Content-Length` or `Transfer-Encoding: chunked`, nothing else. Trailers are read and dropped.
///
/// Thread: one. Owner: a session.
class RequestReader {
 public:
  enum class Progress {
    more,      ///< needs bytes that have not come
    header,    ///< the header is complete; told once
    complete,  ///< the request is complete
    failed,    ///< see `failure`; the bytes behind cannot be understood
  };
  struct Failure {
    int status = 400;
    std::string_view code;
    std::string message;
  };

  explicit RequestReader(const HttpLimits& limits);
  ~RequestReader();

  /// Takes bytes from the front of `data`; `used` tells how many. Call it again, with the rest and
  /// what follows, until `complete` or `failed`.
  Progress feed(std::string_view data, std::size_t& used);
  /// Starts the next request.
  void reset();

  const Failure& failure() const;
  /// What was read so far. Its header is whole once `header` was told.
  Request& request();

  // These require that `header` was told.
  /// The host that the request is for: of its target if that has one, else of `Host`.
  std::string_view host() const;
  bool http10() const;
  bool keep_alive() const;
  /// `Expect: 100-continue`, and the client may know what that is.
  bool expects_continue() const;
  /// Whether the body's length shows only at its end.
  bool chunked() const;

  /// Bytes of the body that are still to come, as far as known: how much to read at once.
  std::size_t body_remaining() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stead
