#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <memory>

#include "base/check.h"
#include "runtime/call.h"

namespace stead {

/// What a shard tells one of its actors: a call, or a resumption. CAF asks that messages can be
/// copied, but these have one owner and one receiver; they are never copied, and a copy is a bug.
struct Delivery {
  Delivery() = default;
  explicit Delivery(std::unique_ptr<Call> of) : call(std::move(of)) {}
  explicit Delivery(Resumption of) : resumption(std::move(of)) {}
  Delivery(Delivery&&) = default;
  Delivery& operator=(Delivery&&) = default;
  Delivery(const Delivery&) { check_failed("a delivery is never copied", __FILE__, __LINE__); }
  Delivery& operator=(const Delivery&) {
    check_failed("a delivery is never copied", __FILE__, __LINE__);
  }

  /// Null if this is a resumption.
  std::unique_ptr<Call> call;
  Resumption resumption;
};

}  // namespace stead

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stead::Delivery)
