#include "tests/support/fault_vfs.h"

#include <sqlite3.h>

#include <atomic>
#include <cstddef>

namespace stead::test {

struct FaultVfs::State {
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;
  int count = 0;
  int from = 0;
  bool once = false;
  bool failed = false;
  int code = SQLITE_OK;

  int next() {
    ++count;
    const bool now = from > 0 && (once ? count == from : count >= from);
    failed = failed || now;
    return now ? code : SQLITE_OK;
  }
};

namespace {

struct File {
  sqlite3_file base;
  FaultVfs::State* state;
  sqlite3_file* real;
};

File* file_of(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* real_of(sqlite3_file* file) { return file_of(file)->real; }
FaultVfs::State& state_of(sqlite3_vfs* vfs) {
  return *static_cast<FaultVfs::State*>(vfs->pAppData);
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  const int code = file_of(file)->state->next();
  return code ? code : real_of(file)->pMethods->xWrite(real_of(file), bytes, size, offset);
}
int truncate(sqlite3_file* file, sqlite3_int64 size) {
  const int code = file_of(file)->state->next();
  return code ? code : real_of(file)->pMethods->xTruncate(real_of(file), size);
}
int sync(sqlite3_file* file, int flags) {
  const int code = file_of(file)->state->next();
  return code ? code : real_of(file)->pMethods->xSync(real_of(file), flags);
}
int close(sqlite3_file* file) { return real_of(file)->pMethods->xClose(real_of(file)); }
int read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
  return real_of(file)->pMethods->xRead(real_of(file), bytes, size, offset);
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  return real_of(file)->pMethods->xFileSize(real_of(file), size);
}
int lock(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xLock(real_of(file), level);
}
int unlock(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xUnlock(real_of(file), level);
}
int check_lock(sqlite3_file* file, int* result) {
  return real_of(file)->pMethods->xCheckReservedLock(real_of(file), result);
}
int control(sqlite3_file* file, int operation, void* argument) {
  return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}
int sector(sqlite3_file* file) { return real_of(file)->pMethods->xSectorSize(real_of(file)); }
int traits(sqlite3_file* file) {
  return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

constexpr sqlite3_io_methods methods{
    1,       close,  read,   write,   truncate, sync,    file_size, lock,    unlock, check_lock,
    control, sector, traits, nullptr, nullptr,  nullptr, nullptr,   nullptr, nullptr};

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto& state = state_of(vfs);
  auto* opened = file_of(file);
  opened->base.pMethods = nullptr;
  const int fault = flags & SQLITE_OPEN_CREATE ? state.next() : SQLITE_OK;
  if (fault) return fault;
  opened->state = &state;
  opened->real = reinterpret_cast<sqlite3_file*>(opened + 1);
  const int code = state.real->xOpen(state.real, name, opened->real, flags, out_flags);
  if (code == SQLITE_OK) opened->base.pMethods = &methods;
  return code;
}

}  // namespace

FaultVfs::FaultVfs() : state_(new State) {
  static std::atomic<int> count = 0;
  name_ = "fault" + std::to_string(++count);
  sqlite3_initialize();
  state_->real = sqlite3_vfs_find(nullptr);
  state_->vfs = *state_->real;
  state_->vfs.pNext = nullptr;
  state_->vfs.zName = name_.c_str();
  state_->vfs.szOsFile = static_cast<int>(sizeof(File)) + state_->real->szOsFile;
  state_->vfs.pAppData = state_;
  state_->vfs.xOpen = open;
  sqlite3_vfs_register(&state_->vfs, 0);
}

FaultVfs::~FaultVfs() {
  sqlite3_vfs_unregister(&state_->vfs);
  delete state_;
}

void FaultVfs::fail_from(int number, int code) {
  state_->count = 0;
  state_->failed = false;
  state_->from = number;
  state_->code = code;
  state_->once = false;
}

void FaultVfs::fail_once(int number, int code) {
  fail_from(number, code);
  state_->once = true;
}

void FaultVfs::heal() { state_->from = 0; }

bool FaultVfs::failed() const { return state_->failed; }

}  // namespace stead::test
