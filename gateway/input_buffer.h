#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace stead {

/// Bytes that a connection has received and not yet understood. The memory stays from request to
/// request; a buffer that a long body has widened is given back when it runs empty.
/// Thread: one. Owner: a session.
class InputBuffer {
 public:
  std::string_view data() const { return {memory_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }

  /// Room for at least `size` more bytes. Valid until the next call of anything.
  std::span<char> prepare(std::size_t size) {
    if (capacity_ - end_ < size) make_room(size);
    return {memory_.get() + end_, capacity_ - end_};
  }
  void commit(std::size_t size) { end_ += size; }
  void consume(std::size_t size) {
    begin_ += size;
    if (begin_ == end_) clear();
  }
  void clear() {
    begin_ = end_ = 0;
    if (capacity_ > usual_size) {
      memory_.reset();
      capacity_ = 0;
    }
  }

  static constexpr std::size_t usual_size = 4 << 10;

 private:
  void make_room(std::size_t size) {
    const auto held = end_ - begin_;
    if (capacity_ >= held + size) {
      std::memmove(memory_.get(), memory_.get() + begin_, held);
    } else {
      const auto wider = std::max(usual_size, held + size);
      std::unique_ptr<char[]> memory(new char[wider]);
      if (held > 0) std::memcpy(memory.get(), memory_.get() + begin_, held);
      memory_ = std::move(memory);
      capacity_ = wider;
    }
    begin_ = 0;
    end_ = held;
  }

  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace stead
