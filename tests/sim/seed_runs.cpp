#include "tests/sim/seed_runs.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "base/check.h"
#include "tests/sim/simulator.h"

namespace stead::test {

namespace {

/// A simulation that takes longer hangs.
constexpr unsigned longest_seconds = 60;

/// What a process says through its pipe: each seed before it runs it, and what went wrong.
class Job {
 public:
  Job(SeedRange range, unsigned number, unsigned jobs) {
    std::array<int, 2> ends{};
    CHECK(::pipe(ends.data()) == 0);
    process_ = ::fork();
    CHECK(process_ >= 0);
    if (process_ == 0) {
      ::close(ends[0]);
      run(range, number, jobs, ends[1]);
      ::_exit(0);
    }
    ::close(ends[1]);
    pipe_ = ends[0];
  }

  int pipe() const { return pipe_; }

  /// Reads on; false once the process has ended.
  bool read() {
    std::array<char, 65'536> buffer{};
    const auto count = ::read(pipe_, buffer.data(), buffer.size());
    if (count > 0) said_.append(buffer.data(), static_cast<std::size_t>(count));
    // Only the last seed and what follows it matter.
    const auto last = said_.rfind(seed_mark);
    if (last != said_.npos) said_.erase(0, last);
    return count > 0;
  }

  std::optional<SeedFailure> end(bool kill) {
    if (kill) ::kill(process_, SIGKILL);
    int status = 0;
    CHECK(::waitpid(process_, &status, 0) == process_);
    ::close(pipe_);
    const auto end_of_last = said_.find(end_of_seed);
    if (kill || end_of_last == said_.npos) return std::nullopt;
    SeedFailure failure{std::stoull(said_.substr(1)), said_.substr(end_of_last + 1)};
    if (WIFSIGNALED(status)) failure.what = "signal " + std::to_string(WTERMSIG(status));
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0) failure.what = "the process has ended";
    return failure.what.empty() ? std::nullopt : std::optional(failure);
  }

 private:
  static constexpr char seed_mark = '\1';
  static constexpr char end_of_seed = '\2';

  static void say(int pipe, const std::string& text) {
    CHECK(::write(pipe, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }

  static void run(SeedRange range, unsigned number, unsigned jobs, int pipe) {
    for (auto seed = range.begin + number; seed < range.end; seed += jobs) {
      say(pipe, seed_mark + std::to_string(seed) + end_of_seed);
      ::alarm(longest_seconds);
      if (const auto failure = Simulator(seed).run()) {
        say(pipe, failure->substr(0, 4'000));
        return;
      }
    }
  }

  pid_t process_;
  int pipe_ = -1;
  std::string said_;
};

}  // namespace

std::optional<SeedFailure> run_seeds(SeedRange range, unsigned jobs) {
  std::vector<Job> running;
  for (unsigned number = 0; number < jobs; ++number) running.emplace_back(range, number, jobs);
  std::optional<SeedFailure> first;
  while (!running.empty()) {
    std::vector<pollfd> waiting;
    for (const auto& job : running) waiting.push_back({job.pipe(), POLLIN, 0});
    CHECK(::poll(waiting.data(), waiting.size(), -1) >= 0);
    for (auto i = running.size(); i-- > 0;) {
      if (waiting[i].revents == 0 || running[i].read()) continue;
      const auto failure = running[i].end(false);
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
      if (failure && (!first || failure->seed < first->seed)) first = failure;
    }
    if (first) break;
  }
  for (auto& job : running) job.end(true);
  return first;
}

}  // namespace stead::test
