#include "cli/stop_signals.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <system_error>

namespace stead {

namespace {

// A signal's handler knows only what is global.
int pipe_ends[2] = {-1, -1};
std::atomic<bool> waited = false;
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void on_stop_signal(int number) {
  const int saved = errno;
  if (waited) {
    constexpr char message[] = "stead: second signal, stopping at once\n";
    [[maybe_unused]] const auto written = write(STDERR_FILENO, message, sizeof message - 1);
    _exit(1);
  }
  const auto byte = static_cast<std::uint8_t>(number);
  [[maybe_unused]] const auto written = write(pipe_ends[1], &byte, 1);
  errno = saved;
}

}  // namespace

StopSignals::StopSignals() {
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category());
  // A full pipe must not stop a handler: one byte is enough.
  fcntl(pipe_ends[1], F_SETFL, O_NONBLOCK);
  waited = false;
  struct sigaction action{};
  action.sa_handler = on_stop_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

StopSignals::~StopSignals() {
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

int StopSignals::wait() {
  // A signal that comes while `read` waits is not handled under ThreadSanitizer before it returns.
  pollfd written{.fd = pipe_ends[0], .events = POLLIN, .revents = 0};
  while (poll(&written, 1, -1) < 0 && errno == EINTR) {
  }
  std::uint8_t number = 0;
  while (read(pipe_ends[0], &number, 1) < 0 && errno == EINTR) {
  }
  waited = true;
  return number;
}

int StopSignals::descriptor() const { return pipe_ends[0]; }

}  // namespace stead
