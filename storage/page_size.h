#pragma once

#include <cstddef>
#include <string>

#include "storage/disk.h"

namespace stead {

/// The size of a database's pages, as its header says. Throws StorageError if it is no database.
std::size_t read_page_size(DiskFile& file, const std::string& path);

}  // namespace stead
