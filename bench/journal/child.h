#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <type_traits>

namespace stead {

/// Runs `work` in a process of its own, so that its memory is gone afterwards, and gives its
/// result. Requires that no thread runs.
template <class Work>
auto in_child(Work work) {
  using Result = decltype(work());
  static_assert(std::is_trivially_copyable_v<Result>);
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) throw std::runtime_error("cannot make a pipe");
  std::fflush(nullptr);
  const auto child = fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child == 0) {
    bool told = false;
    try {
      const Result result = work();
      told = write(pipe_ends[1], &result, sizeof result) == sizeof result;
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
    }
    _exit(told ? 0 : 1);
  }
  close(pipe_ends[1]);
  Result result{};
  const auto count = read(pipe_ends[0], &result, sizeof result);
  close(pipe_ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0 || count != sizeof result) throw std::runtime_error("a child process failed");
  return result;
}

}  // namespace stead
