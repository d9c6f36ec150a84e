#pragma once

#include <cstdint>
#include <span>

namespace stead {

class Database;

/// Copies tables, rows, indexes, views and triggers of a database, given as the bytes of its file,
/// into this one, within its transaction. Tables of ours (`_stead_…`) are left out.
///
/// Fails: SqlError, with nothing copied, if a table exists already, if it has virtual tables, or if
/// the bytes are not a database.
void import_database(Database& into, std::span<const std::uint8_t> image);

}  // namespace stead
