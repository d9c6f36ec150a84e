#pragma once

#include <string>

#include "base/error.h"

struct sqlite3;

namespace stead {

/// The name of a result code, e.g. "SQLITE_CONSTRAINT".
std::string sqlite_code_name(int code);

/// The most telling name of an extended result code, e.g. "SQLITE_CONSTRAINT_UNIQUE".
std::string sqlite_extended_code_name(int code);

/// SQLite's own words for the last failure of a connection, in the form
/// "UNIQUE constraint failed: t.id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)" or
/// "no such column: x at offset 7: SQLITE_ERROR". `connection` may be null (no memory).
std::string sqlite_error_text(sqlite3* connection, int code);

/// Carries the code. `SqlError` if SQLite refused a statement; `StorageError` if the disk, the file
/// or the memory failed.
Error sqlite_error(int code, const std::string& text);

/// What a commit would fail with while a deferred foreign key is violated.
Error sqlite_foreign_key_error();

}  // namespace stead
