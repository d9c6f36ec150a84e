#pragma once

#include <boost/asio/post.hpp>
#include <memory>
#include <string>
#include <utility>

#include "gateway/http_session.h"
#include "runtime/incoming_call.h"

namespace stead {

/// A request from a connection, on its way to an object: an `IncomingFetch` or `IncomingMethod`
/// that knows the way back. An object on the connection's own shard answers without a detour.
///
/// Thread: as any call. Lifetime: keeps the session's memory, not its connection, alive.
template <class Base>
class GatewayCall final : public Base {
 public:
  template <class... Args>
  explicit GatewayCall(std::shared_ptr<HttpSession> session, Args&&... args)
      : Base(std::forward<Args>(args)...), session_(std::move(session)) {}

  void return_to_caller(std::unique_ptr<Call> self) override {
    auto session = std::move(session_);
    auto& loop = session->loop();
    if (loop.get_executor().running_in_this_thread()) return hand_over(*session);
    boost::asio::post(loop, [session = std::move(session), call = std::move(self)] {
      static_cast<GatewayCall&>(*call).hand_over(*session);
    });
  }

 private:
  static Response as_response(Response response) { return response; }
  static Response as_response(std::string json) { return Response::json_text(std::move(json)); }

  void hand_over(HttpSession& session) {
    if (this->error) return session.take_failure(*this, *this->error);
    CHECK(this->result);
    session.take_answer(*this, as_response(std::move(*this->result)));
  }

  std::shared_ptr<HttpSession> session_;
};

}  // namespace stead
