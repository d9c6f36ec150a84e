#include "storage/object_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <new>

#include "storage/object_file.h"

namespace stead::object_vfs {

const char* const name = "stead";

namespace {

/// What SQLite holds as a file: the database, or its rollback journal.
struct File {
  sqlite3_file base;
  ObjectFile* object;
};

ObjectFile& object_of(sqlite3_file* file) { return *reinterpret_cast<File*>(file)->object; }

/// Runs one operation; gives SQLite the code of what it throws.
template <class Operation>
int guarded(int failed, Operation operation) {
  try {
    return operation();
  } catch (const DiskError& error) {
    return error.full() ? SQLITE_FULL : failed;
  } catch (const Error&) {
    return failed;
  } catch (const std::bad_alloc&) {
    return SQLITE_NOMEM;
  }
}

int finish_read(void* into, std::size_t wanted, std::size_t found) {
  if (found == wanted) return SQLITE_OK;
  std::memset(static_cast<std::uint8_t*>(into) + found, 0, wanted - found);
  return SQLITE_IOERR_SHORT_READ;
}

template <class Target>
int read_from(Target& target, void* into, int count, sqlite3_int64 offset) {
  return guarded(SQLITE_IOERR_READ, [&] {
    const auto wanted = static_cast<std::size_t>(count);
    return finish_read(into, wanted,
                       target.read(static_cast<std::uint64_t>(offset),
                                   {static_cast<std::uint8_t*>(into), wanted}));
  });
}

template <class Target>
int write_to(Target& target, const void* from, int count, sqlite3_int64 offset) {
  return guarded(SQLITE_IOERR_WRITE, [&] {
    target.write(static_cast<std::uint64_t>(offset),
                 {static_cast<const std::uint8_t*>(from), static_cast<std::size_t>(count)});
    return SQLITE_OK;
  });
}

template <class Target>
int truncate_to(Target& target, sqlite3_int64 size) {
  return guarded(SQLITE_IOERR_TRUNCATE, [&] {
    target.truncate(static_cast<std::uint64_t>(size));
    return SQLITE_OK;
  });
}

template <class Target>
int size_of(Target& target, sqlite3_int64* size) {
  return guarded(SQLITE_IOERR_FSTAT, [&] {
    *size = static_cast<sqlite3_int64>(target.size());
    return SQLITE_OK;
  });
}

int close(sqlite3_file*) { return SQLITE_OK; }
// Nothing is synced here: the journal makes a commit durable, the checkpointer a file.
int sync(sqlite3_file*, int) { return SQLITE_OK; }
// Nobody else has the file.
int lock(sqlite3_file*, int) { return SQLITE_OK; }
int check_reserved_lock(sqlite3_file*, int* held) { return *held = 0, SQLITE_OK; }
int file_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 4096; }
// So that SQLite does not prepare its journal for a crash.
int characteristics(sqlite3_file*) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE | SQLITE_IOCAP_SAFE_APPEND | SQLITE_IOCAP_SEQUENTIAL;
}

int database_read(sqlite3_file* file, void* into, int count, sqlite3_int64 offset) {
  return read_from(object_of(file), into, count, offset);
}
int database_write(sqlite3_file* file, const void* from, int count, sqlite3_int64 offset) {
  return write_to(object_of(file), from, count, offset);
}
int database_truncate(sqlite3_file* file, sqlite3_int64 size) {
  return truncate_to(object_of(file), size);
}
int database_size(sqlite3_file* file, sqlite3_int64* size) {
  return size_of(object_of(file), size);
}

int journal_read(sqlite3_file* file, void* into, int count, sqlite3_int64 offset) {
  return read_from(object_of(file).rollback_journal(), into, count, offset);
}
int journal_write(sqlite3_file* file, const void* from, int count, sqlite3_int64 offset) {
  return write_to(object_of(file).rollback_journal(), from, count, offset);
}
int journal_truncate(sqlite3_file* file, sqlite3_int64 size) {
  return truncate_to(object_of(file).rollback_journal(), size);
}
int journal_size(sqlite3_file* file, sqlite3_int64* size) {
  return size_of(object_of(file).rollback_journal(), size);
}

/// Version 1: without shared memory, which only a write-ahead log would need.
constexpr sqlite3_io_methods methods_of(decltype(&database_read) read,
                                        decltype(&database_write) write,
                                        decltype(&database_truncate) truncate,
                                        decltype(&database_size) size) {
  sqlite3_io_methods methods{};
  methods.iVersion = 1;
  methods.xClose = close;
  methods.xRead = read;
  methods.xWrite = write;
  methods.xTruncate = truncate;
  methods.xSync = sync;
  methods.xFileSize = size;
  methods.xLock = lock;
  methods.xUnlock = lock;
  methods.xCheckReservedLock = check_reserved_lock;
  methods.xFileControl = file_control;
  methods.xSectorSize = sector_size;
  methods.xDeviceCharacteristics = characteristics;
  return methods;
}

constexpr sqlite3_io_methods database_methods =
    methods_of(database_read, database_write, database_truncate, database_size);
constexpr sqlite3_io_methods journal_methods =
    methods_of(journal_read, journal_write, journal_truncate, journal_size);

sqlite3_vfs& parent_of(sqlite3_vfs* vfs) { return *static_cast<sqlite3_vfs*>(vfs->pAppData); }

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* out, int flags, int* out_flags) {
  auto& file = *reinterpret_cast<File*>(out);
  if (flags & SQLITE_OPEN_MAIN_DB) {
    std::uintptr_t address = 0;
    const auto [end, error] = std::from_chars(path, path + std::strlen(path), address, 16);
    if (error != std::errc() || *end != '\0') return SQLITE_CANTOPEN;
    file.object = reinterpret_cast<ObjectFile*>(address);
    file.base.pMethods = &database_methods;
  } else if (flags & SQLITE_OPEN_MAIN_JOURNAL) {
    file.object = &object_of(sqlite3_database_file_object(path));
    file.base.pMethods = &journal_methods;
  } else {
    return parent_of(vfs).xOpen(&parent_of(vfs), path, out, flags, out_flags);
  }
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* path, int size, char* out) {
  if (std::strlen(path) >= static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
  std::strcpy(out, path);
  return SQLITE_OK;
}

// A database here has a rollback journal only while it is open, and never a write-ahead log.
int access(sqlite3_vfs*, const char*, int, int* found) { return *found = 0, SQLITE_OK; }
int remove(sqlite3_vfs*, const char*, int) { return SQLITE_OK; }

int randomness(sqlite3_vfs* vfs, int count, char* out) {
  return parent_of(vfs).xRandomness(&parent_of(vfs), count, out);
}
int sleep(sqlite3_vfs* vfs, int microseconds) {
  return parent_of(vfs).xSleep(&parent_of(vfs), microseconds);
}
int current_time(sqlite3_vfs* vfs, double* out) {
  return parent_of(vfs).xCurrentTime(&parent_of(vfs), out);
}
int last_error(sqlite3_vfs*, int, char*) { return 0; }
int current_time_int64(sqlite3_vfs* vfs, sqlite3_int64* out) {
  return parent_of(vfs).xCurrentTimeInt64(&parent_of(vfs), out);
}

}  // namespace

void setup() {
  static sqlite3_vfs vfs{};
  auto* parent = sqlite3_vfs_find(nullptr);
  vfs.iVersion = 2;
  vfs.szOsFile = std::max(parent->szOsFile, static_cast<int>(sizeof(File)));
  vfs.mxPathname = parent->mxPathname;
  vfs.zName = name;
  vfs.pAppData = parent;
  vfs.xOpen = open;
  vfs.xDelete = remove;
  vfs.xAccess = access;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = randomness;
  vfs.xSleep = sleep;
  vfs.xCurrentTime = current_time;
  vfs.xGetLastError = last_error;
  vfs.xCurrentTimeInt64 = current_time_int64;
  sqlite3_vfs_register(&vfs, 0);
}

std::string database_name(ObjectFile& file) {
  char text[2 * sizeof(std::uintptr_t)];
  const auto [end, error] =
      std::to_chars(text, text + sizeof text, reinterpret_cast<std::uintptr_t>(&file), 16);
  return {text, end};
}

}  // namespace stead::object_vfs
