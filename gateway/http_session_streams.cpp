// The part of a session that serves streamed bodies.
#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <charconv>
#include <utility>

#include "gateway/gateway_call.h"
#include "gateway/http_session.h"
#include "gateway/response_head.h"

namespace stead {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// A shorter body is read whole, which is simpler for the object and cheaper.
constexpr std::size_t longest_whole_body = 64 << 10;
/// What is read of a body before the object has asked for it.
constexpr std::size_t most_read_ahead = 64 << 10;
/// What a client may send of its next requests while a response is streamed to it; a client that
/// has sent more is not watched any more.
constexpr std::size_t most_pipelined = 64 << 10;

/// Asks for a chunk of a response.
class ChunkCall final : public PullCall {
 public:
  ChunkCall(std::shared_ptr<HttpSession> session, ObjectAddress target)
      : PullCall(std::move(target)), session_(std::move(session)) {}

  void return_to_caller(std::unique_ptr<Call> self) override {
    if (!session_->on_own_thread()) return session_->host().bring_back(std::move(self));
    const auto session = std::exchange(session_, nullptr);
    if (error) return session->take_broken_stream();
    session->take_chunk(*this, std::move(*result));
  }

 private:
  std::shared_ptr<HttpSession> session_;
};

/// The body of a request, for the object that reads it.
class RequestBody final : public internal::RemoteBody {
 public:
  RequestBody(std::shared_ptr<HttpSession> session, ObjectAddress target, std::uint64_t request)
      : session_(std::move(session)), target_(std::move(target)), request_(request) {}
  void pull(std::unique_ptr<PullCall> call) override {
    session_->send_pull(request_, std::move(call));
  }
  const ObjectAddress& origin() const override { return target_; }

 private:
  std::shared_ptr<HttpSession> session_;
  ObjectAddress target_;
  std::uint64_t request_;
};

/// The length that a streamed response promises: nothing if it promises none.
Result<std::optional<std::uint64_t>> promised_length(const Response& response) {
  const auto text = response.headers.get("Content-Length");
  if (!text) return std::optional<std::uint64_t>();
  std::uint64_t length = 0;
  const auto* const end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, length);
  if (parsed.ec == std::errc() && parsed.ptr == end) return std::optional(length);
  return Error(ErrorCode::type, "the Content-Length of the streamed response is no number: \"" +
                                    std::string(*text) + "\"");
}

std::string chunk_head(std::size_t size) {
  std::array<char, 18> text{};
  const auto end = std::to_chars(text.data(), text.data() + 16, size, 16).ptr;
  return std::string(text.data(), end) + "\r\n";
}

void give_back(std::unique_ptr<PullCall> pull) {
  auto& self = *pull;
  self.return_to_caller(std::move(pull));
}

Error client_gone() { return Error(ErrorCode::disconnected, "the client went away"); }

}  // namespace

// Requests. ---------------------------------------------------------------------------------------

bool HttpSession::wants_stream() {
  if (!match_ || match_->kind != RouteSpec::Kind::fetch) return false;
  if (!match_->target.of->info.streams_requests) return false;
  return reader_.chunked() ||
         reader_.body_remaining() + reader_.request().body.size() > longest_whole_body;
}

void HttpSession::send_streamed_fetch() {
  phase_ = Phase::running;
  deadline_ = MonotonicTime::max();
  incoming_ = std::make_unique<IncomingBody>();
  incoming_->request = ++streamed_requests_;
  incoming_->continue_due = reader_.expects_continue() && input_.empty();
  auto request = std::move(reader_.request());
  reader_.request().body = std::exchange(request.body, {});
  request.params = std::move(match_->params);
  name_client(request);
  request.stream = BodyStream(
      std::make_unique<RequestBody>(shared_from_this(), match_->target, incoming_->request));
  serve_body();
  shard_.host.send(std::make_unique<GatewayCall<IncomingFetch>>(
      shared_from_this(), std::move(match_->target), std::move(request)));
}

void HttpSession::send_pull(std::uint64_t request, std::unique_ptr<PullCall> pull) {
  asio::post(loop_, [self = shared_from_this(), request, pull = std::move(pull)]() mutable {
    self->take_pull(request, std::move(pull));
  });
}

void HttpSession::take_pull(std::uint64_t request, std::unique_ptr<PullCall> pull) {
  if (phase_ == Phase::closed) return return_with_error(std::move(pull), client_gone());
  if (!incoming_ || incoming_->request != request) {
    const TypeError over("the request is over: read its body before the response has been sent");
    return return_with_error(std::move(pull), over);
  }
  if (incoming_->waiting) {
    const TypeError twice("two reads of one stream at the same time: await the first");
    return return_with_error(std::move(pull), twice);
  }
  incoming_->waiting = std::move(pull);
  serve_body();
}

void HttpSession::feed_body() {
  if (incoming_->fault || incoming_->complete) return input_.clear();
  std::size_t used = 0;
  const auto progress = reader_.feed(input_.data(), used);
  input_.consume(used);
  if (progress == RequestReader::Progress::complete) {
    incoming_->complete = whole_ = true;
  } else if (progress == RequestReader::Progress::failed) {
    const auto& failure = reader_.failure();
    incoming_->fault = HttpError(failure.status, failure.message);
    closing_ = true;
  }
  serve_body();
}

/// Answers the object's pull if that can be, and reads on if there is room.
void HttpSession::serve_body() {
  auto& body = *incoming_;
  auto& arrived = reader_.request().body;
  std::unique_ptr<PullCall> answer;
  if (body.waiting && !arrived.empty()) {
    answer = std::move(body.waiting);
    answer->result.emplace(std::exchange(arrived, {}));
  } else if (body.waiting && body.fault) {
    answer = std::move(body.waiting);
    answer->error = body.fault;
  } else if (body.waiting && body.complete) {
    answer = std::move(body.waiting);
    answer->result.emplace();
  } else if (body.waiting) {
    if (std::exchange(body.continue_due, false) && !send_continue()) return close();
    body.deadline = shard_.clock.monotonic_now() + shard_.limits.body_timeout;
  }
  if (answer) body.deadline = MonotonicTime::max();
  const bool comes = !body.complete && !body.fault && !body.continue_due;
  if (comes && phase_ != Phase::draining && arrived.size() < most_read_ahead) read();
  if (answer) give_back(std::move(answer));
}

void HttpSession::on_body_stalled() {
  incoming_->deadline = MonotonicTime::max();
  incoming_->fault = HttpError(408, "the request's body did not arrive in time");
  closing_ = true;
  // Not at once: an object's turn may lead to another connection's end, in the middle of the sweep.
  asio::post(loop_, [self = shared_from_this()] {
    if (self->incoming_) self->serve_body();
  });
}

/// The connection ends, or the response has been sent: nobody reads or writes bodies any more.
void HttpSession::end_streams() {
  if (auto incoming = std::exchange(incoming_, nullptr); incoming && incoming->waiting) {
    asio::post(loop_, [pull = std::move(incoming->waiting)]() mutable {
      return_with_error(std::move(pull), client_gone());
    });
  }
  if (auto outgoing = std::exchange(outgoing_, nullptr)) {
    asio::post(loop_, [stream = std::move(outgoing->stream)] {});  // which closes its source
  }
}

// Responses. --------------------------------------------------------------------------------------

void HttpSession::respond_streamed(const Call& call, Response response) {
  const auto length = promised_length(response);
  if (!length) return respond_in_place_of(call, length.error().what());
  const auto left = length.value();
  const bool chunked = !left && !http10_;
  if (!left && !chunked) keep_alive_ = false;
  Framing framing{keep_alive_ && !closing_, http10_, shard_.date.now()};
  framing.end = chunked ? Framing::End::chunks : Framing::End::close;
  if (left) {
    framing.end = Framing::End::given_size;
    framing.size = *left;
  }
  output_.clear();
  body_.clear();
  const auto fault = append_head(output_, response, framing);
  if (fault) return respond_in_place_of(call, *fault);
  if (!head_ && has_body(response.status)) {
    outgoing_ = std::make_unique<OutgoingBody>(
        OutgoingBody{std::move(response.stream), call.target(), chunked, left});
  }
  start_write();
}

/// The last thing that a function does: the object may run within.
void HttpSession::next_chunk() {
  tail_ = {};
  if (outgoing_->ended) {
    outgoing_.reset();
    return on_written();
  }
  phase_ = Phase::awaiting_chunk;
  deadline_ = MonotonicTime::max();
  watch_client();
  const auto stream = outgoing_->stream;
  stream.pull(std::make_unique<ChunkCall>(shared_from_this(), outgoing_->target));
}

void HttpSession::take_chunk(const PullCall& pull, std::optional<std::string> chunk) {
  if (phase_ != Phase::awaiting_chunk) return;
  if (!chunk) return on_last_chunk();
  auto& left = outgoing_->left;
  if (left && chunk->size() > *left) {
    host_.log(LogLevel::error, pull.target().to_string() + ": " + pull.describe() +
                                   " is longer than its Content-Length: the rest was cut off");
    chunk->resize(static_cast<std::size_t>(*left));
    outgoing_->ended = true;
    asio::post(loop_, [stream = std::exchange(outgoing_->stream, {})] {});  // closes its source
  }
  if (chunk->empty()) return next_chunk();
  if (left) *left -= chunk->size();
  write_chunk(std::move(*chunk));
}

void HttpSession::write_chunk(std::string chunk) {
  output_ = outgoing_->chunked ? chunk_head(chunk.size()) : std::string();
  body_ = std::move(chunk);
  tail_ = outgoing_->chunked ? "\r\n" : "";
  start_write();
}

void HttpSession::on_last_chunk() {
  if (outgoing_->left.value_or(0) > 0) {
    host_.log(LogLevel::error, outgoing_->target.to_string() +
                                   ": a streamed body is shorter than its Content-Length by " +
                                   std::to_string(*outgoing_->left) + " bytes");
    return close();
  }
  outgoing_->ended = true;
  if (!outgoing_->chunked) return next_chunk();
  output_ = "0\r\n\r\n";
  body_.clear();
  start_write();
}

void HttpSession::take_broken_stream() {
  if (phase_ != Phase::awaiting_chunk) return;
  if (!outgoing_->chunked && !outgoing_->left) {
    // A close would look like the body's end.
    error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  }
  close();
}

void HttpSession::watch_client() {
  if (incoming_ && !incoming_->complete) return;  // what reads its body notices
  if (watching_ || input_.data().size() >= most_pipelined) return;
  watching_ = true;
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const error_code&) {
    self->watching_ = false;
    if (self->outgoing_) self->on_readable();
  });
}

void HttpSession::on_readable() {
  if (incoming_ && !incoming_->complete) return;
  const auto room = input_.prepare(InputBuffer::usual_size);
  error_code error;
  const auto size = socket_.read_some(asio::buffer(room.data(), room.size()), error);
  if (error && error != asio::error::would_block) return close();
  input_.commit(size);
  watch_client();
}

}  // namespace stead
