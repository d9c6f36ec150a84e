#pragma once

#include <memory>

#include "base/error.h"

namespace stead {

/// Something that leaves an object: a response, a call to another object, the end of a `sync()`.
/// It owns itself when it goes: exactly one of the two functions is called, once.
/// Neither may run code of the object again before it returns.
class Output {
 public:
  Output() = default;
  virtual ~Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  virtual void release(std::unique_ptr<Output> self) = 0;
  /// Whether it waits for unconfirmed writes too.
  virtual bool waits_for_all() const { return false; }
  /// What it depends on was not stored: tells whoever waits for it.
  virtual void fail(std::unique_ptr<Output> self, const Error& error) = 0;
};

}  // namespace stead
