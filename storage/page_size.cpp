#include "storage/page_size.h"

#include <array>

namespace stead {

std::size_t read_page_size(DiskFile& file, const std::string& path) {
  std::array<std::uint8_t, 2> bytes{};
  if (file.read(16, bytes) < bytes.size()) {
    throw StorageError(path + " is not a database: it is shorter than a header");
  }
  std::size_t size = std::size_t{bytes[0]} << 8 | bytes[1];
  if (size == 1) size = 65'536;
  if (size < 512 || (size & (size - 1)) != 0) {
    throw StorageError(path + " is not a database: its page size is " + std::to_string(size));
  }
  return size;
}

}  // namespace stead
