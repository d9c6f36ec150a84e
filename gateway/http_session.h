#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "gateway/gateway_shard.h"
#include "gateway/input_buffer.h"
#include "gateway/request_reader.h"
#include "gateway/streamed_bodies.h"

namespace stead {

/// One HTTP connection: reads a request, sends it as a call to its object, writes the answer, and
/// so on in the order of the requests. At most one request is in progress; what the client has sent
/// beyond it waits in the buffer. While a call runs nothing is read, so a client that goes away is
/// noticed when its answer is written; the call runs to its end all the same. With streams it is
/// noticed at once, and they end: a client that closes its side counts as gone.
///
/// A streamed response is pulled: the next chunk is asked for when the socket has taken the last. A
/// streamed request is read ahead a little, then waits for its object.
///
/// Times: a phase has a deadline, which the listener checks for all connections at once (`sweep`),
/// so that a request costs no timer.
///
/// Thread: its shard's. Lifetime: held by the shard's list while open, and by its own operations
/// and calls; a call may bring its answer after the connection and the server are gone.
class HttpSession final : public std::enable_shared_from_this<HttpSession> {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using Position = std::list<std::shared_ptr<HttpSession>>::iterator;

  HttpSession(GatewayShard& shard, Socket socket);
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  /// Serves from now on. `self` is its place in the shard's list.
  void start(Position self);
  /// Tells the client that there are too many connections, and closes.
  void start_refusal(Position self);
  /// Acts on a deadline that has passed.
  void sweep(MonotonicTime now);
  /// Closes now, or after the response in progress.
  void close_when_idle();
  void close();

  /// Takes the answer of its call, on the shard's thread.
  void take_answer(const Call& call, Response response);
  void take_failure(const Call& call, const Error& error);
  /// Takes a chunk of the response.
  void take_chunk(const PullCall& pull, std::optional<std::string> chunk);
  void take_broken_stream();
  /// Brings a pull for the body of a request of this connection. Thread: any.
  void send_pull(std::uint64_t request, std::unique_ptr<PullCall> pull);
  /// Thread: any.
  bool on_own_thread() const { return loop_.get_executor().running_in_this_thread(); }
  /// The shard that it lives on, which outlives it. Thread: any.
  Host& host() { return host_; }

 private:
  enum class Phase { idle, header, body, running, awaiting_chunk, writing, draining, closed };

  void enter(Phase phase, std::chrono::milliseconds limit);
  void read();
  void on_read(std::size_t size, bool failed);
  void process();
  void wait_for_more();
  void on_header();
  void route();
  std::optional<AssetAnswer> find_asset();
  void answer_early(AssetAnswer answer);
  bool send_continue();
  void on_complete();
  void send_fetch();
  void send_method();
  void respond_to_failure();
  void respond(Response response);
  void respond_early();
  void send_piece();
  void respond_in_place_of(const Call& call, const std::string& fault);
  void start_write();
  void continue_write(std::size_t written);
  void on_written();
  void next_request();
  void drain();
  void name_client(Request& request) const;

  // http_session_streams.cpp
  bool wants_stream();
  void send_streamed_fetch();
  void take_pull(std::uint64_t request, std::unique_ptr<PullCall> pull);
  void feed_body();
  void serve_body();
  void on_body_stalled();
  void end_streams();
  void respond_streamed(const Call& call, Response response);
  void next_chunk();
  void write_chunk(std::string chunk);
  void on_last_chunk();
  void watch_client();
  void on_readable();

  std::array<boost::asio::const_buffer, 3> unwritten(std::size_t written) const;

  GatewayShard& shard_;  // not to be touched once closed
  Host& host_;
  boost::asio::io_context& loop_;
  Socket socket_;
  Position self_;
  Phase phase_ = Phase::idle;
  MonotonicTime deadline_ = MonotonicTime::max();
  bool timed_out_ = false;
  bool reading_ = false;
  bool watching_ = false;
  /// The peer's address, and whether it speaks for others.
  std::string client_;
  bool behind_proxy_ = false;

  InputBuffer input_;
  RequestReader reader_;
  std::optional<RouteMatch> match_;
  std::optional<Response> early_answer_;
  /// What is still to be sent of a file, or only told of.
  std::shared_ptr<const AssetFile> file_;
  ByteRange file_part_;
  bool head_ = false;
  bool http10_ = false;
  bool whole_ = false;
  bool keep_alive_ = true;
  bool closing_ = false;
  /// Nothing has arrived.
  bool silent_ = true;

  std::string output_;
  std::string body_;
  /// Behind the body.
  std::string_view tail_;
  std::size_t drained_ = 0;

  /// While there are such.
  std::unique_ptr<IncomingBody> incoming_;
  std::unique_ptr<OutgoingBody> outgoing_;
  std::uint64_t streamed_requests_ = 0;
};

}  // namespace stead
