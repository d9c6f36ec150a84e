#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "storage/value.h"

namespace stead {

class Database;

/// The table `_stead_meta(key, value)` that each object's database has: format, name, created (ms),
/// schema_version.
namespace object_meta {

/// The format that this program reads and writes.
constexpr std::int64_t format = 1;

void create_table(Database& database);
void put(Database& database, std::string_view key, const SqlView& value);
std::optional<std::int64_t> get(Database& database, std::string_view key);

}  // namespace object_meta

}  // namespace stead
