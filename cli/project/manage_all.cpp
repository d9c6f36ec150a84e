#include "cli/project/manage_all.h"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>

#include "cli/project/manage_progress.h"
#include "cli/stop_signals.h"
#include "cli/text.h"

namespace stead {

namespace {

using Clock = std::chrono::steady_clock;

struct Ended {
  std::size_t index;
  ManageOutcome outcome;
};

/// Ended commands, on their way from the node's threads. Thread: any.
class EndedQueue {
 public:
  void add(Ended ended) {
    const std::lock_guard lock(mutex_);
    ended_.push_back(std::move(ended));
    changed_.notify_one();
  }
  /// Waits for some, for a moment.
  std::vector<Ended> take() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(100), [this] { return !ended_.empty(); });
    return std::exchange(ended_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Ended> ended_;
};

/// Thread: one. Owner: the call of `run_in_all`.
class Run {
 public:
  Run(ManageNode& node, const ManageAll& all, ManageState& state, StopSignals& signals)
      : node_(node),
        all_(all),
        state_(state),
        signals_(signals),
        progress_(all.before + all.left.size(), all.before) {
    report_.done = all.before;
  }

  ManageReport run() {
    const auto begin = Clock::now();
    for (;;) {
      while (may_begin()) begin_next();
      if (running_ == 0) break;
      progress_.show(report_.done, running_);
      for (auto& ended : queue_.take()) take(std::move(ended));
      look_for_signal();
    }
    progress_.show(report_.done, 0);
    progress_.clear();
    report_.left = all_.left.size() - next_;
    report_.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    return std::move(report_);
  }

 private:
  bool may_begin() const {
    if (next_ == all_.left.size() || !report_.failed.empty() || report_.interrupted) return false;
    const auto ended = next_ - running_;
    return running_ < (ended < all_.canary ? std::size_t{1} : all_.jobs);
  }

  void begin_next() {
    const auto index = next_++;
    ++running_;
    node_.start(all_.left[index], all_.command,
                [this, index](ManageOutcome outcome) { queue_.add({index, std::move(outcome)}); });
  }

  void take(Ended ended) {
    --running_;
    const auto& target = all_.left[ended.index];
    if (ended.outcome.code == 0) {
      ++report_.done;
      return state_.add_done(target.id);
    }
    progress_.clear();
    std::fprintf(stderr, "%s: failed with status %d\n%s\n", escape_control(target.label()).c_str(),
                 ended.outcome.code, ended.outcome.output.c_str());
    report_.failed.emplace_back(target, std::move(ended.outcome));
  }

  void look_for_signal() {
    pollfd polled{signals_.descriptor(), POLLIN, 0};
    if (report_.interrupted || ::poll(&polled, 1, 0) != 1) return;
    signals_.wait();
    report_.interrupted = true;
    progress_.clear();
    print_error("stopping after what runs now; a second signal stops at once");
  }

  ManageNode& node_;
  const ManageAll& all_;
  ManageState& state_;
  StopSignals& signals_;
  ManageProgress progress_;
  EndedQueue queue_;
  std::size_t next_ = 0;
  std::size_t running_ = 0;
  ManageReport report_;
};

}  // namespace

ManageReport run_in_all(ManageNode& node, const ManageAll& all, ManageState& state,
                        StopSignals& signals) {
  return Run(node, all, state, signals).run();
}

void print_report(const ManageReport& report) {
  std::printf("done    %8zu\nfailed  %8zu", report.done, report.failed.size());
  for (const auto& [target, outcome] : report.failed) {
    std::printf("  %s: %s", escape_control(target.label()).c_str(),
                escape_control(outcome.last_line()).c_str());
    if (&outcome != &report.failed.back().second) std::printf("\n%16s", "");
  }
  std::printf("\nleft    %8zu\ntime    %8s\n", report.left,
              ManageProgress::format_seconds(report.seconds).c_str());
  std::fflush(stdout);
}

}  // namespace stead
