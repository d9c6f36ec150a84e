#pragma once

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
    if (session_->on_own_thread()) {
      hand_over(*std::exchange(session_, nullptr));
    } else {
      session_->host().bring_back(std::move(self));
    }
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
