#include "gateway/listener.h"

#include <vector>

#include "gateway/http_session.h"

namespace stead {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// Connections beyond the limit that are told so; still more are closed without a word.
constexpr std::size_t most_refusals = 64;
constexpr std::chrono::milliseconds accept_pause{100};

/// Often enough that a deadline is late by a quarter of the shortest limit at most.
std::chrono::milliseconds interval_for(const HttpLimits& limits) {
  const auto shortest = std::min(
      {limits.header_timeout, limits.body_timeout, limits.idle_timeout, limits.write_timeout});
  return std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(250));
}

}  // namespace

Listener::Listener(const App& app, Node& node, std::size_t shard, const Router& router,
                   ConnectionCount& connections, Acceptor acceptor)
    : shard_(node, shard, router, connections, app),
      acceptor_(std::move(acceptor)),
      sweep_timer_(shard_.loop),
      pause_(shard_.loop),
      sweep_interval_(interval_for(shard_.limits)) {}

void Listener::start() { accept(); }

void Listener::stop_gently() {
  shard_.stopping = true;
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  const std::vector sessions(shard_.sessions.begin(), shard_.sessions.end());
  for (const auto& session : sessions) session->close_when_idle();
}

void Listener::stop() {
  stop_gently();
  stopped_ = true;
  const std::vector sessions(shard_.sessions.begin(), shard_.sessions.end());
  for (const auto& session : sessions) session->close();
  sweep_timer_.cancel();
}

void Listener::accept() {
  acceptor_.async_accept(
      [self = shared_from_this()](const error_code& error, asio::ip::tcp::socket socket) {
        if (self->acceptor_.is_open()) return self->on_accept(error, std::move(socket));
        // It came in while the server began to stop.
        if (error || self->stopped_) return;
        self->add(std::move(socket));
        if (!self->shard_.sessions.empty()) self->shard_.sessions.front()->close_when_idle();
      });
}

void Listener::on_accept(const error_code& error, asio::ip::tcp::socket socket) {
  if (!error) {
    told_of_pause_ = false;
    add(std::move(socket));
    return accept();
  }
  if (error == asio::error::connection_aborted) return accept();
  // Mostly too many open files: that passes when connections close.
  if (!told_of_pause_) {
    told_of_pause_ = true;
    shard_.node.log().write(LogLevel::error,
                            "cannot accept a connection: " + error.message() +
                                "; trying again every 100 ms. Raise the limit of open files "
                                "(ulimit -n) or lower http.connections");
  }
  pause_.expires_after(accept_pause);
  pause_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled && self->acceptor_.is_open()) self->accept();
  });
}

void Listener::add(asio::ip::tcp::socket socket) {
  const auto count = shard_.connections.add();
  if (count > shard_.limits.connections + most_refusals) return shard_.connections.remove();
  auto session = std::make_shared<HttpSession>(shard_, std::move(socket));
  shard_.sessions.push_front(session);
  schedule_sweep();
  if (count > shard_.limits.connections) {
    session->start_refusal(shard_.sessions.begin());
  } else {
    session->start(shard_.sessions.begin());
  }
}

void Listener::schedule_sweep() {
  if (sweeping_) return;
  sweeping_ = true;
  sweep_timer_.expires_after(sweep_interval_);
  sweep_timer_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled) self->sweep();
  });
}

void Listener::sweep() {
  const auto now = shard_.clock.monotonic_now();
  for (auto next = shard_.sessions.begin(); next != shard_.sessions.end();) {
    const auto session = *next++;
    session->sweep(now);
  }
  sweeping_ = false;
  if (!shard_.sessions.empty()) schedule_sweep();
}

}  // namespace stead
