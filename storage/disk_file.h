#pragma once

#include <cstdint>
#include <string>

namespace stead {

/// Makes the entries of a folder durable. Throws StorageError.
void sync_folder(const std::string& path);

/// Creates a folder and those above it that are missing. Throws StorageError.
void make_folders(const std::string& path);

/// Removes a file if it is there; false if it was not. Throws StorageError.
bool remove_file(const std::string& path);

void rename_file(const std::string& from, const std::string& to);

bool file_exists(const std::string& path);
/// 0 if there is none.
std::int64_t file_size(const std::string& path);

}  // namespace stead
