#include "cli/project/dev_supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "cli/project/dev_child.h"
#include "cli/project/error_page_server.h"
#include "cli/project/open_project.h"
#include "cli/text.h"

namespace stead {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// Editors and version control write many files at a time.
constexpr auto quiet_time = 100ms;
constexpr auto longest_quiet = 1'000ms;
constexpr auto stop_time = 20s;

void say(const std::string& text) {
  std::printf("stead: %s\n", text.c_str());
  std::fflush(stdout);
}

bool is_below(const std::string& path, const std::string& folder) {
  const auto relative = fs::path(path).lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

std::string seconds_since(std::chrono::steady_clock::time_point begin) {
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.1f s", time.count());
  return text.data();
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return std::string("by signal: ") + strsignal(WTERMSIG(status));
  return "with status " + std::to_string(WEXITSTATUS(status));
}

/// Python takes compiled code for fresh if the source has the same size and the same second; two
/// changes in one second are not rare here.
void remove_compiled(const std::string& source) {
  const fs::path path(source);
  if (path.extension() != ".py") return;
  const auto prefix = path.stem().string() + ".";
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(path.parent_path() / "__pycache__", ignored)) {
    if (!entry.path().filename().string().starts_with(prefix)) continue;
    std::error_code error;
    fs::remove(entry.path(), error);
  }
}

void close_end(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

}  // namespace

DevSupervisor::DevSupervisor(const CommandLine& line, const DevSockets& sockets)
    : line_(line), sockets_(sockets) {
  sigset_t handled;
  sigemptyset(&handled);
  for (const int number : {SIGTERM, SIGINT, SIGCHLD}) sigaddset(&handled, number);
  sigprocmask(SIG_BLOCK, &handled, &mask_before_);
  signals_ = signalfd(-1, &handled, SFD_NONBLOCK | SFD_CLOEXEC);
  if (signals_ < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
}

DevSupervisor::~DevSupervisor() {
  close_end(signals_);
  sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
}

void DevSupervisor::watch_files() {
  try {
    const auto project = open_project(line_, {.dev = true}).project;
    std::vector<std::string> folders{project.folder};
    if (!project.main.empty()) folders.push_back(fs::path(project.main).parent_path().string());
    if (project.build) {
      folders.insert(folders.end(), project.build->watch.begin(), project.build->watch.end());
    }
    std::vector<std::string> without{dev_data(project, line_.project.persist_to),
                                     (fs::path(project.folder) / "data").string()};
    // Static files are served as they are at any time.
    if (project.assets && !is_below(project.main, project.assets->directory)) {
      without.push_back(project.assets->directory);
    }
    auto files = std::make_unique<FileWatch>(folders, without);
    files_ = std::move(files);
  } catch (const Error& error) {
    // The child tells what is wrong; what was watched so far is watched on.
    if (!files_) throw;
  }
}

int DevSupervisor::run() {
  start_next();
  while (stop_signal_ == 0) {
    std::array<pollfd, 3> polled{
        pollfd{signals_, POLLIN, 0}, {files_->descriptor(), POLLIN, 0}, {next_.news, POLLIN, 0}};
    if (::poll(polled.data(), polled.size(), wait_time()) < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "poll");
    }
    // News before signals: what a child told before it ended.
    if (polled[2].revents != 0) read_news();
    read_signals();
    look_at_files();
    if (changed_ && wait_time() == 0) load_anew();
  }
  return stop_all();
}

int DevSupervisor::wait_time() const {
  if (!changed_) return -1;
  const auto until = std::min(last_change_ + quiet_time, *changed_ + longest_quiet);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
  return std::max(0, static_cast<int>(left.count()));
}

void DevSupervisor::look_at_files() {
  const auto seen = files_->changes();
  if (seen.empty()) return;
  if (next_ && next_.building && !next_.superseded) {
    changed_by_build_ = true;
    return;
  }
  changes_.insert(changes_.end(), seen.begin(), seen.end());
  last_change_ = Clock::now();
  if (!changed_) changed_ = last_change_;
}

void DevSupervisor::load_anew() {
  if (next_ && next_.may_serve) return;  // once it serves
  changed_.reset();
  std::ranges::sort(changes_);
  const auto repeated = std::ranges::unique(changes_);
  changes_.erase(repeated.begin(), repeated.end());
  if (!changes_.empty()) {
    say("changed: " + escape_control(changes_.front()) +
        (changes_.size() > 1 ? " and " + std::to_string(changes_.size() - 1) + " more" : ""));
  }
  changed_sources_.insert(changed_sources_.end(), changes_.begin(), changes_.end());
  changes_.clear();
  if (next_) {
    next_.superseded = true;
    ::kill(next_.pid, SIGKILL);
  } else {
    start_next();
  }
}

void DevSupervisor::read_news() {
  std::array<char, 16> news;
  const auto size = ::read(next_.news, news.data(), news.size());
  if (size <= 0) return close_end(next_.news);
  for (ssize_t i = 0; i < size; ++i) handle(news[static_cast<std::size_t>(i)]);
}

void DevSupervisor::handle(char news) {
  switch (static_cast<DevNews>(news)) {
    case DevNews::built:
      look_at_files();
      next_.building = false;
      if (std::exchange(changed_by_build_, false) && !std::exchange(after_build_, true)) {
        changed_ = last_change_ = Clock::now();
      } else {
        after_build_ = false;
      }
      return;
    case DevNews::loaded:
      next_.loaded = true;
      return current_ ? ask_to_stop(current_) : let_serve();
    case DevNews::ready:
      return ready();
  }
}

void DevSupervisor::ready() {
  close_end(next_.news);
  current_ = std::exchange(next_, {});
  failed_ = false;
  if (!std::exchange(told_ready_, true)) {
    say("ready on http://" + sockets_.address() + " after " + seconds_since(current_.begin));
  } else {
    say("reloaded in " + seconds_since(current_.begin));
  }
}

void DevSupervisor::read_signals() {
  signalfd_siginfo signal;
  while (::read(signals_, &signal, sizeof signal) == sizeof signal) {
    if (signal.ssi_signo == SIGCHLD) {
      reap();
    } else {
      stop_signal_ = static_cast<int>(signal.ssi_signo);
    }
  }
}

void DevSupervisor::reap() {
  int status = 0;
  for (pid_t ended = 0; (ended = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    if (ended == current_.pid) {
      current_ended(status);
    } else if (ended == next_.pid) {
      next_ended(status);
    }
  }
}

void DevSupervisor::current_ended(int status) {
  const bool expected = current_.stopping();
  const bool error_page = current_.error_page;
  forget(current_);
  if (stop_signal_ != 0) return;
  if (!expected && !error_page) {
    say("the server ended " + how_it_ended(status) + "; it starts again when a file changes");
    failed_ = true;
  }
  if (next_.loaded) {
    let_serve();
  } else if (failed_ && !next_) {
    start_error_page();
  }
}

void DevSupervisor::next_ended(int status) {
  const bool superseded = next_.superseded;
  const bool told = WIFEXITED(status) && WEXITSTATUS(status) == 1;
  forget(next_);
  if (stop_signal_ != 0) return;
  if (superseded) return start_next();
  if (!told) say("loading the project ended " + how_it_ended(status));
  say("the project is not served; it is loaded again when a file changes");
  failed_ = true;
  if (!current_) {
    start_error_page();
  } else if (!current_.error_page) {
    ask_to_stop(current_);
  }
}

void DevSupervisor::start_next() {
  watch_files();
  changed_by_build_ = false;
  for (const auto& source : std::exchange(changed_sources_, {})) remove_compiled(source);
  if (current_.error_page) ask_to_stop(current_);  // requests wait for what comes
  if (fork_child(next_) != 0) return;
  become_child(next_);
  const int status = run_dev_child(line_, sockets_, {next_.news, next_.orders});
  std::fflush(nullptr);
  // Nothing that was static is to be taken down under threads that may still run.
  _exit(status);
}

void DevSupervisor::start_error_page() {
  current_.error_page = true;
  if (fork_child(current_) != 0) return;
  become_child(current_);
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, SIG_IGN);
  serve_error_page(sockets_.descriptors(), current_.orders);
  _exit(0);
}

pid_t DevSupervisor::fork_child(Child& child) {
  std::array<int, 2> news;
  std::array<int, 2> orders;
  if (::pipe2(news.data(), O_CLOEXEC) != 0 || ::pipe2(orders.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  std::fflush(nullptr);
  child.begin = Clock::now();
  child.pid = ::fork();
  if (child.pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
  const bool is_child = child.pid == 0;
  child.news = news[is_child ? 1 : 0];
  child.orders = orders[is_child ? 0 : 1];
  ::close(news[is_child ? 0 : 1]);
  ::close(orders[is_child ? 1 : 0]);
  return child.pid;
}

void DevSupervisor::become_child(const Child& child) {
  // A parent that is killed stops nobody; what is durable is so at any time.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  auto& other = &child == &current_ ? next_ : current_;
  close_end(other.news);
  close_end(other.orders);
  files_.reset();
  close_end(signals_);
  sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
}

void DevSupervisor::let_serve() {
  next_.may_serve = true;
  [[maybe_unused]] const auto written = ::write(next_.orders, "g", 1);
}

void DevSupervisor::ask_to_stop(Child& child) { close_end(child.orders); }

void DevSupervisor::forget(Child& child) {
  close_end(child.news);
  close_end(child.orders);
  child = {};
}

int DevSupervisor::stop_all() {
  if (current_) ask_to_stop(current_);
  if (next_ && next_.may_serve) ask_to_stop(next_);
  if (next_ && !next_.may_serve) ::kill(next_.pid, SIGKILL);
  const auto deadline = Clock::now() + stop_time;
  stop_signal_ = 0;
  const auto interrupted = [this] { return stop_signal_ != 0; };
  while ((current_ || next_) && Clock::now() < deadline && !interrupted()) {
    pollfd polled{signals_, POLLIN, 0};
    ::poll(&polled, 1, 100);
    signalfd_siginfo signal;
    while (::read(signals_, &signal, sizeof signal) == sizeof signal) {
      if (signal.ssi_signo != SIGCHLD) stop_signal_ = static_cast<int>(signal.ssi_signo);
    }
    for (auto* child : {&current_, &next_}) {
      if (*child && ::waitpid(child->pid, nullptr, WNOHANG) == child->pid) forget(*child);
    }
  }
  for (const auto* child : {&current_, &next_}) {
    if (*child) ::kill(child->pid, SIGKILL);
  }
  return interrupted() ? 1 : 0;
}

}  // namespace stead
