#pragma once

#include <cstdint>

namespace stead {

/// When what the objects of a class commit is made durable.
enum class Durability : std::uint8_t {
  journal,  ///< at once: nothing that depends on a write is seen before it survives a crash
  /// When the object leaves memory, grows over a bound, or asks for it (`sync`). A crash may lose
  /// everything since; what is left is a state that the object once had. For caches.
  none,
};

}  // namespace stead
