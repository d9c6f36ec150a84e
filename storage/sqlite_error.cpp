#include "storage/sqlite_error.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <utility>

namespace stead {

namespace {

#define CODE(name) \
  std::pair<int, const char*> { name, #name }

constexpr std::array code_names{CODE(SQLITE_ERROR),
                                CODE(SQLITE_INTERNAL),
                                CODE(SQLITE_PERM),
                                CODE(SQLITE_ABORT),
                                CODE(SQLITE_BUSY),
                                CODE(SQLITE_LOCKED),
                                CODE(SQLITE_NOMEM),
                                CODE(SQLITE_READONLY),
                                CODE(SQLITE_INTERRUPT),
                                CODE(SQLITE_IOERR),
                                CODE(SQLITE_CORRUPT),
                                CODE(SQLITE_NOTFOUND),
                                CODE(SQLITE_FULL),
                                CODE(SQLITE_CANTOPEN),
                                CODE(SQLITE_PROTOCOL),
                                CODE(SQLITE_EMPTY),
                                CODE(SQLITE_SCHEMA),
                                CODE(SQLITE_TOOBIG),
                                CODE(SQLITE_CONSTRAINT),
                                CODE(SQLITE_MISMATCH),
                                CODE(SQLITE_MISUSE),
                                CODE(SQLITE_NOLFS),
                                CODE(SQLITE_AUTH),
                                CODE(SQLITE_FORMAT),
                                CODE(SQLITE_RANGE),
                                CODE(SQLITE_NOTADB),
                                CODE(SQLITE_ABORT_ROLLBACK),
                                CODE(SQLITE_BUSY_RECOVERY),
                                CODE(SQLITE_BUSY_SNAPSHOT),
                                CODE(SQLITE_CANTOPEN_ISDIR),
                                CODE(SQLITE_CONSTRAINT_CHECK),
                                CODE(SQLITE_CONSTRAINT_COMMITHOOK),
                                CODE(SQLITE_CONSTRAINT_DATATYPE),
                                CODE(SQLITE_CONSTRAINT_FOREIGNKEY),
                                CODE(SQLITE_CONSTRAINT_FUNCTION),
                                CODE(SQLITE_CONSTRAINT_NOTNULL),
                                CODE(SQLITE_CONSTRAINT_PRIMARYKEY),
                                CODE(SQLITE_CONSTRAINT_ROWID),
                                CODE(SQLITE_CONSTRAINT_TRIGGER),
                                CODE(SQLITE_CONSTRAINT_UNIQUE),
                                CODE(SQLITE_CONSTRAINT_VTAB),
                                CODE(SQLITE_CORRUPT_INDEX),
                                CODE(SQLITE_CORRUPT_VTAB),
                                CODE(SQLITE_IOERR_READ),
                                CODE(SQLITE_IOERR_SHORT_READ),
                                CODE(SQLITE_IOERR_WRITE),
                                CODE(SQLITE_IOERR_FSYNC),
                                CODE(SQLITE_IOERR_DIR_FSYNC),
                                CODE(SQLITE_IOERR_TRUNCATE),
                                CODE(SQLITE_IOERR_FSTAT),
                                CODE(SQLITE_IOERR_DELETE),
                                CODE(SQLITE_IOERR_NOMEM),
                                CODE(SQLITE_IOERR_ACCESS),
                                CODE(SQLITE_IOERR_LOCK),
                                CODE(SQLITE_IOERR_CLOSE),
                                CODE(SQLITE_READONLY_DBMOVED),
                                CODE(SQLITE_READONLY_DIRECTORY)};

#undef CODE

const char* find_name(int code) {
  const auto found = std::find_if(code_names.begin(), code_names.end(),
                                  [&](const auto& entry) { return entry.first == code; });
  return found == code_names.end() ? nullptr : found->second;
}

}  // namespace

std::string sqlite_code_name(int code) {
  const char* primary = find_name(code & 0xff);
  std::string name = primary ? primary : "SQLITE_" + std::to_string(code & 0xff);
  if (code == (code & 0xff)) return name;
  const char* extended = find_name(code);
  return name + " (extended: " + (extended ? std::string(extended) : std::to_string(code)) + ")";
}

std::string sqlite_extended_code_name(int code) {
  const char* extended = find_name(code);
  return extended ? std::string(extended) : sqlite_code_name(code & 0xff);
}

std::string sqlite_error_text(sqlite3* connection, int code) {
  std::string text = connection ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
  const int offset = connection ? sqlite3_error_offset(connection) : -1;
  if (offset >= 0) text += " at offset " + std::to_string(offset);
  return text + ": " + sqlite_code_name(code);
}

Error sqlite_foreign_key_error() {
  constexpr int code = SQLITE_CONSTRAINT_FOREIGNKEY;
  return sqlite_error(code, "FOREIGN KEY constraint failed: " + sqlite_code_name(code));
}

Error sqlite_error(int code, const std::string& text) {
  switch (code & 0xff) {
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CANTOPEN:
    case SQLITE_FULL:
    case SQLITE_NOMEM:
    case SQLITE_BUSY:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return Error(ErrorCode::storage, text).set_sqlite_code(code);
    default:
      return Error(ErrorCode::sql, text).set_sqlite_code(code);
  }
}

}  // namespace stead
