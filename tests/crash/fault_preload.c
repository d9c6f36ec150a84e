// Makes the disk fail on demand, for programs that are started with LD_PRELOAD set to this library.
//
//   STEAD_TEST_FAULT_PATH   only files whose path contains this text
//   STEAD_TEST_FAIL_SYNC    a path: while such a file exists, syncs fail with EIO
//   STEAD_TEST_FAIL_WRITE   a path: while such a file exists, writes fail with ENOSPC
//
// What goes by another way than these functions (io_uring, mmap) does not fail.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static bool fails(const char* variable, int fd) {
  const char* control = getenv(variable);
  const char* part = getenv("STEAD_TEST_FAULT_PATH");
  const int before = errno;
  bool result = false;
  if (control && part && access(control, F_OK) == 0) {
    char link[64];
    char path[PATH_MAX + 1];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t size = readlink(link, path, PATH_MAX);
    if (size > 0) {
      path[size] = '\0';
      result = strstr(path, part) != NULL;
    }
  }
  errno = before;
  return result;
}

// Wraps a function whose first parameter is the file.
#define WRAP(variable, error, result, name, parameters, arguments) \
  result name parameters {                                         \
    if (fails(variable, fd)) {                                     \
      errno = error;                                               \
      return -1;                                                   \
    }                                                              \
    static result(*next) parameters;                               \
    if (!next) *(void**)&next = dlsym(RTLD_NEXT, #name);           \
    return next arguments;                                         \
  }
#define SYNC(name) WRAP("STEAD_TEST_FAIL_SYNC", EIO, int, name, (int fd), (fd))
#define WRITE(name, parameters, arguments) \
  WRAP("STEAD_TEST_FAIL_WRITE", ENOSPC, ssize_t, name, parameters, arguments)

SYNC(fsync)
SYNC(fdatasync)
SYNC(syncfs)

WRITE(write, (int fd, const void* data, size_t size), (fd, data, size))
WRITE(writev, (int fd, const struct iovec* parts, int count), (fd, parts, count))
WRITE(pwrite, (int fd, const void* data, size_t size, off_t at), (fd, data, size, at))
WRITE(pwrite64, (int fd, const void* data, size_t size, off64_t at), (fd, data, size, at))
WRITE(pwritev, (int fd, const struct iovec* parts, int count, off_t at), (fd, parts, count, at))
WRITE(pwritev64, (int fd, const struct iovec* parts, int count, off64_t at), (fd, parts, count, at))
WRITE(pwritev2, (int fd, const struct iovec* parts, int count, off_t at, int flags),
      (fd, parts, count, at, flags))
WRITE(pwritev64v2, (int fd, const struct iovec* parts, int count, off64_t at, int flags),
      (fd, parts, count, at, flags))

// A full disk gives no room in advance either.
WRAP("STEAD_TEST_FAIL_WRITE", ENOSPC, int, fallocate, (int fd, int mode, off_t at, off_t size),
     (fd, mode, at, size))
WRAP("STEAD_TEST_FAIL_WRITE", ENOSPC, int, fallocate64,
     (int fd, int mode, off64_t at, off64_t size), (fd, mode, at, size))

// These two return the error instead of setting errno.
#define POSIX_FALLOCATE(name, off)                         \
  int name(int fd, off at, off size) {                     \
    if (fails("STEAD_TEST_FAIL_WRITE", fd)) return ENOSPC; \
    static int (*next)(int, off, off);                     \
    if (!next) *(void**)&next = dlsym(RTLD_NEXT, #name);   \
    return next(fd, at, size);                             \
  }
POSIX_FALLOCATE(posix_fallocate, off_t)
POSIX_FALLOCATE(posix_fallocate64, off64_t)
