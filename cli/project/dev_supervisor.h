#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "cli/project/dev_sockets.h"
#include "cli/project/file_watch.h"

namespace stead {

/// Keeps a project served while its files change. Each state of the files is built, loaded and
/// served by a child; the next one is loaded while the last one serves, then takes its place.
/// Between them connections wait in the sockets. What does not load is replaced by an error page.
///
/// Thread: one, with no other in the process (it forks). Owner: the command.
class DevSupervisor final {
 public:
  DevSupervisor(const CommandLine& line, const DevSockets& sockets);
  ~DevSupervisor();
  DevSupervisor(const DevSupervisor&) = delete;
  DevSupervisor& operator=(const DevSupervisor&) = delete;

  /// Until SIGTERM or SIGINT. Gives the exit status.
  int run();

 private:
  using Clock = std::chrono::steady_clock;
  struct Child {
    pid_t pid = 0;
    int news = -1;
    int orders = -1;
    Clock::time_point begin{};
    bool building = true;
    bool loaded = false;
    bool may_serve = false;
    bool error_page = false;
    bool superseded = false;
    bool stopping() const { return orders < 0; }
    explicit operator bool() const { return pid != 0; }
  };

  void watch_files();
  int wait_time() const;
  void look_at_files();
  void load_anew();
  void read_news();
  void handle(char news);
  void read_signals();
  void reap();
  void current_ended(int status);
  void next_ended(int status);
  void ready();

  void start_next();
  void start_error_page();
  /// Gives 0 in the child.
  pid_t fork_child(Child& child);
  void become_child(const Child& child);
  void let_serve();
  void ask_to_stop(Child& child);
  void forget(Child& child);
  int stop_all();

  const CommandLine& line_;
  const DevSockets& sockets_;
  std::unique_ptr<FileWatch> files_;
  int signals_ = -1;
  sigset_t mask_before_{};

  Child current_;
  Child next_;
  bool failed_ = false;
  bool told_ready_ = false;

  /// When the changes that have been seen began, and when they were last added to.
  std::optional<Clock::time_point> changed_;
  Clock::time_point last_change_{};
  std::vector<std::string> changes_;
  /// Those that no child has been started for.
  std::vector<std::string> changed_sources_;
  /// Files changed while a build ran; it may have been that. Then there is one more build, whose
  /// own changes are not looked at.
  bool changed_by_build_ = false;
  bool after_build_ = true;
  int stop_signal_ = 0;
};

}  // namespace stead
