#pragma once

#include "runtime/stead.h"

/// Counts, durably. Every name has a counter of its own.
class Counter final : public stead::DurableObject {
 public:
  using DurableObject::DurableObject;
  static constexpr auto migrations = std::to_array<const char*>(
      {"CREATE TABLE counter(id INTEGER PRIMARY KEY, value INTEGER NOT NULL)"});

  std::int64_t add(std::int64_t n) {
    sql().exec("INSERT INTO counter VALUES(1, ?1) ON CONFLICT(id) DO UPDATE SET value = value + ?1",
               n);
    return value();
  }
  std::int64_t value() {
    return sql().one<std::int64_t>("SELECT coalesce(max(value), 0) FROM counter");
  }

  stead::Task<stead::Response> fetch(stead::Request request) override {
    const auto answer = request.method == "POST" ? add(1) : value();
    return stead::Response::text(std::to_string(answer));
  }
};
