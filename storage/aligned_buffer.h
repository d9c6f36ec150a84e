#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>

#include "storage/disk.h"

namespace stead {

/// Memory that `Disk::Mode::create_direct` accepts: begins at a block boundary.
class AlignedBuffer final {
 public:
  explicit AlignedBuffer(std::size_t size)
      : size_(size), memory_(static_cast<std::uint8_t*>(std::aligned_alloc(Disk::block, size))) {
    if (!memory_) throw std::bad_alloc();
  }
  std::span<std::uint8_t> span() { return {memory_.get(), size_}; }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(std::uint8_t* memory) const { std::free(memory); }
  };
  std::size_t size_;
  std::unique_ptr<std::uint8_t, Free> memory_;
};

}  // namespace stead
