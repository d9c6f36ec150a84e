#pragma once

#include "runtime/stead.h"

/// Counts in a field that is never stored: what a request costs without a database.
class MemoryCounter final : public stead::DurableObject {
 public:
  using DurableObject::DurableObject;

  stead::Task<stead::Response> fetch(stead::Request) override {
    return stead::Response::text(std::to_string(++value_));
  }

 private:
  std::int64_t value_ = 0;
};
