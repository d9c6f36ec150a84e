#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/headers.h"

namespace stead::test {

/// One response as a client sees it.
struct Reply {
  int status = 0;
  Headers headers;
  std::string body;
  std::string head;

  std::string header(std::string_view name) const {
    return std::string(headers.get(name).value_or(""));
  }
};

/// A TCP connection on which the test controls every byte. Waits five seconds at most.
class Client {
 public:
  explicit Client(std::uint16_t port);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// False if the server has closed.
  bool send(std::string_view bytes);
  /// The next response; nothing if the connection ends before it is whole. `no_body` for HEAD.
  std::optional<Reply> read_reply(bool no_body = false);
  /// The next chunk of a chunked body, "" at its end; nothing if the connection ends before.
  std::optional<std::string> read_chunk();
  /// All chunks that are left.
  std::optional<std::string> read_chunks();
  /// So many bytes.
  std::optional<std::string> read_bytes(std::size_t size);
  /// Sends no more, but can still receive.
  void finish_sending();
  /// Sends a request and gives its response, or fails the test.
  Reply ask(std::string_view request, bool no_body = false);
  /// Everything until the server closes; nothing if it does not.
  std::optional<std::string> read_to_end();
  /// Whether the server has sent nothing for this long.
  bool is_quiet(std::chrono::milliseconds time);
  /// Whether the server has closed with a reset.
  bool was_reset() const { return reset_; }
  /// Closes with a reset rather than politely.
  void reset();

 private:
  bool receive();

  int socket_ = -1;
  bool reset_ = false;
  std::string received_;
};

/// A request with a body and its length.
std::string post(std::string_view target, std::string_view body = {});
std::string get(std::string_view target);

}  // namespace stead::test
