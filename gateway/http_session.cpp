#include "gateway/http_session.h"

#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>
#include <utility>

#include "gateway/gateway_call.h"
#include "gateway/json_arguments.h"
#include "gateway/response_head.h"

namespace stead {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// After a response that ends the connection early, what the client still sends is read and thrown
/// away for a while: closing at once would reset the connection and take the response with it.
constexpr std::chrono::milliseconds drain_time{1'000};
constexpr std::size_t most_drained = 4 << 20;
/// How long a connection that has brought nothing yet may still do so when the server stops:
/// whoever connects is about to ask.
constexpr std::chrono::milliseconds first_request_grace{500};
/// One write from one buffer is cheaper than from two, up to about here.
constexpr std::size_t short_body = 4 << 10;
constexpr std::size_t most_read_at_once = 64 << 10;
constexpr std::size_t drained_at_once = 16 << 10;
constexpr std::uint64_t file_piece = 128 << 10;

IpAddress to_ip_address(const asio::ip::address& address) {
  return address.is_v6()
             ? address.to_v6().to_bytes()
             : asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()).to_bytes();
}

}  // namespace

HttpSession::HttpSession(GatewayShard& shard, Socket socket)
    : shard_(shard),
      host_(shard.host),
      loop_(shard.loop),
      socket_(std::move(socket)),
      reader_(shard.limits) {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  if (const auto peer = socket_.remote_endpoint(ignored); !ignored) {
    const auto address = to_ip_address(peer.address());
    client_ = to_text(address);
    behind_proxy_ = shard_.proxies.include(address);
  }
}

void HttpSession::start(Position self) {
  self_ = self;
  enter(Phase::idle, shard_.limits.idle_timeout);
  read();
}

void HttpSession::start_refusal(Position self) {
  self_ = self;
  closing_ = true;
  respond(ErrorPages::plain(503, "too_many_connections",
                            "the server has as many connections as it may; try again later"));
}

void HttpSession::sweep(MonotonicTime now) {
  if (incoming_ && now >= incoming_->deadline) on_body_stalled();
  if (now < deadline_) return;
  if (phase_ != Phase::header && phase_ != Phase::body) return close();
  deadline_ = MonotonicTime::max();
  timed_out_ = true;
  error_code ignored;
  socket_.cancel(ignored);  // `on_read` goes on from there
}

void HttpSession::close_when_idle() {
  closing_ = true;
  if (phase_ != Phase::idle) return;
  error_code ignored;
  if (socket_.available(ignored) > 0) return;  // a request, which is answered
  if (!silent_) return close();
  deadline_ = std::min(deadline_, shard_.clock.monotonic_now() + first_request_grace);
}

void HttpSession::close() {
  if (phase_ == Phase::closed) return;
  const auto self = shared_from_this();
  phase_ = Phase::closed;
  error_code ignored;
  socket_.close(ignored);
  end_streams();
  auto& connections = shard_.connections;
  shard_.sessions.erase(self_);
  connections.remove();  // the last thing: the server may go now
}

void HttpSession::enter(Phase phase, std::chrono::milliseconds limit) {
  phase_ = phase;
  deadline_ = shard_.clock.monotonic_now() + limit;
}

void HttpSession::read() {
  if (std::exchange(reading_, true)) return;
  const auto wanted =
      incoming_ ? most_read_at_once
                : std::clamp(reader_.body_remaining(), InputBuffer::usual_size, most_read_at_once);
  const auto room = input_.prepare(phase_ == Phase::draining ? drained_at_once : wanted);
  socket_.async_read_some(asio::buffer(room.data(), room.size()),
                          [self = shared_from_this()](const error_code& error, std::size_t size) {
                            self->on_read(size, error.failed());
                          });
}

void HttpSession::on_read(std::size_t size, bool failed) {
  reading_ = false;
  if (phase_ == Phase::closed) return;
  if (std::exchange(timed_out_, false)) {
    closing_ = true;
    return respond(ErrorPages::plain(408, "request_timeout",
                                     phase_ == Phase::header
                                         ? "the request's header did not arrive in time"
                                         : "the request's body did not arrive in time"));
  }
  if (failed) return close();
  silent_ = false;
  if (phase_ == Phase::draining) {
    drained_ += size;
    return drained_ > most_drained ? close() : read();
  }
  input_.commit(size);
  if (incoming_) return feed_body();
  process();
}

void HttpSession::process() {
  for (;;) {
    std::size_t used = 0;
    const auto progress = reader_.feed(input_.data(), used);
    input_.consume(used);
    switch (progress) {
      case RequestReader::Progress::more:
        return wait_for_more();
      case RequestReader::Progress::header:
        on_header();
        break;
      case RequestReader::Progress::complete:
        return on_complete();
      case RequestReader::Progress::failed:
        return respond_to_failure();
    }
    if (phase_ != Phase::idle && phase_ != Phase::header) return;  // answered, or closed
  }
}

void HttpSession::wait_for_more() {
  const bool in_body = match_ || early_answer_;
  if (early_answer_) {  // there is no reason to wait for the body
    closing_ = true;
    return respond_early();
  }
  if (in_body && phase_ != Phase::body) {
    if (wants_stream()) return send_streamed_fetch();
    if (reader_.expects_continue() && input_.empty() && !send_continue()) return close();
    enter(Phase::body, shard_.limits.body_timeout);
  } else if (phase_ == Phase::idle) {
    enter(Phase::header, shard_.limits.header_timeout);
  }
  read();
}

void HttpSession::on_header() {
  head_ = reader_.request().method == "HEAD";
  http10_ = reader_.http10();
  keep_alive_ = reader_.keep_alive();
  route();
}

void HttpSession::route() {
  const auto& request = reader_.request();
  const bool reads = request.method == "GET" || head_;
  if (reads && request.path() == "/healthz") {
    early_answer_ = shard_.stopping ? Response::text("stopping\n", 503) : Response::text("ok\n");
    return;
  }
  if (reads && shard_.assets) {
    if (auto answer = find_asset()) return answer_early(*std::move(answer));
  }
  auto found = shard_.router.route({request.method, request.path(), reader_.host()},
                                   shard_.fallback(), shard_.names);
  if (auto* refusal = std::get_if<RouteRefusal>(&found)) {
    const bool is_missing = refusal->status == 404 && reads && shard_.assets;
    auto page = is_missing ? shard_.assets->answer_not_found(request) : std::nullopt;
    if (page) return answer_early(*std::move(page));
    early_answer_ = ErrorPages::refusal(*refusal);
  } else {
    match_ = std::get<RouteMatch>(std::move(found));
  }
}

std::optional<AssetAnswer> HttpSession::find_asset() {
  auto& assets = *shard_.assets;
  const auto& request = reader_.request();
  auto answer = assets.answer(request);
  if (!answer && assets.answers_navigation(request)) answer = assets.answer_not_found(request);
  return answer;
}

void HttpSession::answer_early(AssetAnswer answer) {
  early_answer_ = std::move(answer.response);
  file_ = std::move(answer.file);
  file_part_ = answer.part;
}

bool HttpSession::send_continue() {
  static constexpr std::string_view text = "HTTP/1.1 100 Continue\r\n\r\n";
  error_code error;
  return socket_.write_some(asio::buffer(text), error) == text.size() && !error;
}

void HttpSession::on_complete() {
  whole_ = true;
  if (early_answer_) return respond_early();
  phase_ = Phase::running;
  deadline_ = MonotonicTime::max();
  if (match_->kind == RouteSpec::Kind::method) {
    send_method();
  } else {
    send_fetch();
  }
}

void HttpSession::send_fetch() {
  auto& request = reader_.request();
  request.params = std::move(match_->params);
  name_client(request);
  shard_.host.send(std::make_unique<GatewayCall<IncomingFetch>>(
      shared_from_this(), std::move(match_->target), std::move(request)));
}

void HttpSession::send_method() {
  const auto& body = reader_.request().body;
  auto arguments = parse_arguments(body);
  if (!arguments) return respond(ErrorPages::plain(400, "bad_json", arguments.error().what()));
  shard_.host.send(std::make_unique<GatewayCall<IncomingMethod>>(
      shared_from_this(), std::move(match_->target), std::move(match_->method),
      std::move(arguments).value(), body.size()));
}

void HttpSession::respond_to_failure() {
  file_.reset();
  const auto& failure = reader_.failure();
  closing_ = true;
  respond(ErrorPages::plain(failure.status, failure.code, failure.message));
}

void HttpSession::take_answer(const Call& call, Response response) {
  if (phase_ == Phase::closed) return;
  if (incoming_ && !incoming_->complete) closing_ = true;  // the rest of it is not waited for
  if (response.stream) return respond_streamed(call, std::move(response));
  output_.clear();
  const bool keep = keep_alive_ && !closing_;
  const auto fault = append_head(output_, response, {keep, http10_, shard_.date.now()});
  if (fault) return respond_in_place_of(call, *fault);
  body_ = head_ || !has_body(response.status) ? std::string() : std::move(response.body);
  start_write();
}

void HttpSession::take_failure(const Call& call, const Error& error) {
  if (phase_ == Phase::closed) return;
  if (incoming_ && !incoming_->complete) closing_ = true;
  respond(shard_.errors.failure(error, call));
}

void HttpSession::respond_in_place_of(const Call& call, const std::string& fault) {
  respond(shard_.errors.hidden("bad_response", "the application's answer cannot be sent", fault,
                               call.target(), call.describe()));
}

void HttpSession::respond(Response response) {
  output_.clear();
  const bool keep = keep_alive_ && !closing_;
  CHECK(!append_head(output_, response, {keep, http10_, shard_.date.now()}));
  body_ = head_ || !has_body(response.status) ? std::string() : std::move(response.body);
  start_write();
}

/// An answer that needs no object.
void HttpSession::respond_early() {
  if (!file_) return respond(std::move(*early_answer_));
  Framing framing{keep_alive_ && !closing_, http10_, shard_.date.now()};
  framing.end = Framing::End::given_size;
  framing.size = file_part_.size;
  output_.clear();
  body_.clear();
  CHECK(!append_head(output_, *early_answer_, framing));
  if (head_) file_.reset();
  start_write();
}

/// The next piece of a file; its memory does not depend on the file's size.
void HttpSession::send_piece() {
  if (phase_ == Phase::closed) return;
  auto& [offset, left] = file_part_;
  const auto size = std::min(left, file_piece);
  auto piece = file_->read(offset, size);
  if (!piece) return close();  // it has become shorter: the client sees that by the size
  offset += size;
  left -= size;
  if (left == 0) file_.reset();
  output_.clear();
  body_ = *std::move(piece);
  start_write();
}

std::array<asio::const_buffer, 3> HttpSession::unwritten(std::size_t written) const {
  const auto of_head = std::min(written, output_.size());
  const auto of_body = std::min(written - of_head, body_.size());
  return {asio::buffer(output_) + of_head, asio::buffer(body_) + of_body,
          asio::buffer(tail_) + (written - of_head - of_body)};
}

/// Most responses fit into the socket's buffer, and then no operation is started at all.
void HttpSession::start_write() {
  if (body_.size() <= short_body) {
    output_ += body_;
    output_ += tail_;
    body_.clear();
    tail_ = {};
  }
  phase_ = Phase::writing;
  error_code error;
  const auto written = body_.empty() ? socket_.write_some(asio::buffer(output_), error)
                                     : socket_.write_some(unwritten(0), error);
  if (error && error != asio::error::would_block) return close();
  if (written == output_.size() + body_.size() + tail_.size()) return on_written();
  continue_write(written);
}

void HttpSession::continue_write(std::size_t written) {
  enter(Phase::writing, shard_.limits.write_timeout);
  asio::async_write(socket_, unwritten(written),
                    [self = shared_from_this()](const error_code& error, std::size_t) {
                      if (self->phase_ == Phase::closed) return;
                      if (error) return self->close();
                      self->on_written();
                    });
}

void HttpSession::on_written() {
  if (outgoing_) return next_chunk();
  if (file_) {  // not at once: others are to be served in between
    enter(Phase::writing, shard_.limits.write_timeout);
    return asio::post(loop_, [self = shared_from_this()] { self->send_piece(); });
  }
  if (closing_) return drain();
  if (keep_alive_) return next_request();
  // The client wanted no more than this one, and has it.
  if (whole_ && input_.empty()) return close();
  drain();
}

void HttpSession::next_request() {
  body_ = std::string();
  incoming_.reset();
  reader_.reset();
  match_.reset();
  early_answer_.reset();
  head_ = false;
  whole_ = false;
  enter(Phase::idle, shard_.limits.idle_timeout);
  // Not at once: this may run inside the turn of an object, and the client cannot have sent its
  // next request yet, so reading now would be a system call for nothing.
  asio::post(loop_, [self = shared_from_this()] {
    if (self->phase_ != Phase::idle) return;
    if (self->input_.empty()) {
      self->read();
    } else {
      self->process();
    }
  });
}

void HttpSession::drain() {
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  enter(Phase::draining, drain_time);
  end_streams();
  if (reading_) return;
  input_.clear();
  read();
}

void HttpSession::name_client(Request& request) const {
  request.client_address = client_;
  if (behind_proxy_) shard_.proxies.name_client(request);
}

}  // namespace stead
