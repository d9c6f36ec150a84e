#pragma once

#include <optional>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/error.h"

namespace stead {

/// A value, or the `Error` that stands in its place: for code in which failure is ordinary.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  /// Requires `ok()`.
  T& value() & { return CHECK(ok()), *std::get_if<0>(&state_); }
  const T& value() const& { return CHECK(ok()), *std::get_if<0>(&state_); }
  T&& value() && { return CHECK(ok()), std::move(*std::get_if<0>(&state_)); }
  /// Requires `!ok()`.
  const Error& error() const { return CHECK(!ok()), *std::get_if<1>(&state_); }

  /// The value, or the error thrown.
  T take_or_raise() && {
    if (!ok()) error().raise();
    return std::move(*this).value();
  }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value, or an `Error`.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  /// Requires `!ok()`.
  const Error& error() const { return CHECK(error_), *error_; }
  void take_or_raise() const {
    if (error_) error_->raise();
  }

 private:
  std::optional<Error> error_;
};

}  // namespace stead
