#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "storage/disk.h"

namespace stead {

/// How much of one object's changes stays in memory, and where the rest goes.
struct SpillLimits {
  /// Bytes of page images.
  std::size_t memory = 8 << 20;
  /// Files without a name are made here, and with something behind it.
  std::string path{};
};

/// A file that is gone from its folder at once, and from the disk when it is closed. Throws
/// DiskError.
std::unique_ptr<DiskFile> open_spill_file(Disk& disk, const std::string& path);

}  // namespace stead
