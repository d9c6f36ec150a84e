#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stead {

/// Reads the responses of one HTTP/1.1 connection, a piece at a time: as much of the protocol as
/// measuring needs, and as cheap as it can be. Understands bodies with a length, chunked bodies
/// (without trailers) and none.
///
/// Thread: one at a time.
class ResponseParser {
 public:
  enum class State { more, complete, malformed };

  /// Takes the next bytes received. `complete` ends one response; whatever follows it in `bytes`
  /// is malformed, since this client never pipelines.
  State feed(std::string_view bytes);
  /// Forgets the response, ready for the next one.
  void reset();

  // Meaningful once complete.
  int status() const { return status_; }
  bool keep_alive() const { return keep_alive_; }
  /// The body as an unsigned decimal number; 0 if it is none.
  std::uint64_t number() const;

 private:
  enum class Phase { header, body, chunk_size, chunk_data, chunk_end, done, malformed };

  void advance();
  bool read_header();
  bool read_field(std::string_view name, std::string_view value);
  bool read_chunk_size();
  void read_body(Phase next);
  void take_body(std::string_view bytes);

  Phase phase_ = Phase::header;
  int status_ = 0;
  bool keep_alive_ = true;
  bool chunked_ = false;
  std::uint64_t remaining_ = 0;
  /// What is received and not yet understood.
  std::string_view input_;
  /// The start of `input_` that came with earlier pieces, if any did.
  std::string buffered_;
  /// The first bytes of the body: a number is never longer.
  std::string digits_;
};

}  // namespace stead
