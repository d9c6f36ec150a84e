#include "cli/project/manage_command.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <string_view>

#include "cli/log.h"
#include "cli/project/manage_all.h"
#include "cli/project/manage_node.h"
#include "cli/project/manage_state.h"
#include "cli/project/open_project.h"
#include "cli/project/project_app.h"
#include "cli/project/serve_project.h"
#include "cli/stop_signals.h"
#include "cli/text.h"
#include "storage/data_directory.h"

namespace stead {

namespace {

namespace fs = std::filesystem;

constexpr int wrong_usage = 2;

/// An object that waits its turn waits for as long as it takes.
constexpr std::chrono::hours no_hurry{24};
/// Thousands of objects come by: none is to stay.
constexpr std::chrono::milliseconds soon{1'000};

/// Without what the node says of commands that fail: the outcome of each is told by itself.
class ManageLog final : public LogSink {
 public:
  explicit ManageLog(const std::string& level) : log_(level == "info" ? "warning" : level) {}
  void write(LogLevel level, std::string_view text) override {
    if (text.find(": {\"code\": ") == text.npos) log_.write(level, text);
  }

 private:
  StderrLog log_;
};

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// What `--data` or the like says, else the server's if there is one, else that of `dev`.
std::string data_of(const CommandLine& line, const OpenProject& open) {
  const auto of_dev = dev_data(open.project, line.project.persist_to);
  if (!line.project.persist_to.empty()) return of_dev;
  const auto& data = open.config.data;
  if (data != Config{}.data || exists(data + "/objects") || !exists(of_dev)) return data;
  return of_dev;
}

Config config_of(const CommandLine& line, const OpenProject& open) {
  auto config = open.config;
  config.data = data_of(line, open);
  config.shards = 1;
  config.blocking_shards = line.project.all ? static_cast<unsigned>(line.project.jobs) : 1;
  config.object.queue_age = no_hurry;
  config.object.critical_section = no_hurry;
  config.object.idle_timeout = std::min(config.object.idle_timeout, soon);
  return config;
}

/// Before the project is loaded, which takes its time.
void check_that_nobody_runs(const std::string& data) {
  if (!exists(data + "/objects")) return;
  const auto lock = DataDirectory::open(data);
  if (lock) return;
  throw Error(ErrorCode::storage,
              lock.error().what() + std::string(" (commands need the data for themselves; "
                                                "start the server again afterwards)"));
}

std::string class_of(const CommandLine& line, const ProjectApp& project) {
  const auto classes = project.classes();
  std::string names;
  for (const auto& name : classes) names += (names.empty() ? "" : ", ") + name;
  if (line.class_name.empty()) {
    if (classes.size() == 1) return classes.front();
    throw Error(ErrorCode::type, classes.empty()
                                     ? "the project has no classes of objects"
                                     : "say of which class: --class with one of " + names);
  }
  if (std::ranges::find(classes, line.class_name) != classes.end()) return line.class_name;
  throw Error(ErrorCode::unknown_class,
              "the project has no class " + line.class_name + "; it has: " + names);
}

bool wants_terminal(const std::vector<std::string>& command) {
  static constexpr std::array<std::string_view, 4> talkative{"shell", "dbshell", "createsuperuser",
                                                             "changepassword"};
  if (std::ranges::find(command, "--noinput") != command.end()) return false;
  return isatty(STDIN_FILENO) || std::ranges::find(talkative, command.front()) != talkative.end();
}

int run_in_each(ManageNode& node, const CommandLine& line) {
  const auto& words = line.project.command;
  const bool may_create = line.project.create || words.front() == "migrate";
  std::vector<ManageTarget> targets;
  for (const auto& name : line.project.objects) {
    targets.push_back(node.target(name));
    if (may_create || node.has_stored(targets.back())) continue;
    throw Error(ErrorCode::storage, "there is no object " + escape_control(name) +
                                        ": nothing is stored under this name. migrate makes it, "
                                        "or --create");
  }
  const ManageNode::Command command{words, wants_terminal(words)};
  for (const auto& target : targets) {
    if (targets.size() > 1) std::printf("== %s\n", escape_control(target.label()).c_str());
    std::fflush(stdout);
    const auto outcome = node.run(target, command);
    std::fputs(outcome.output.c_str(), stdout);
    std::fflush(stdout);
    if (outcome.code != 0) return outcome.code;
  }
  return 0;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return escape_control(text);
}

/// What an earlier run has done that this one goes on with.
ManageState::Run run_to_go_on_with(const CommandLine& line, const std::string& class_name,
                                   const std::string& data) {
  const auto& words = line.project.command;
  const auto left = ManageState::read(data);
  if (!line.project.resume) {
    if (left) {
      print_error("note: a run of \"" + joined(left->command) + "\" was left with " +
                  std::to_string(left->done.size()) +
                  " objects done; this one begins anew (--resume goes on)");
    }
    return {class_name, words};
  }
  if (!left) {
    throw Error(ErrorCode::storage,
                "there is no run to go on with in " + data + ": leave --resume away to begin one");
  }
  if (left->class_name != class_name || left->command != words) {
    throw Error(ErrorCode::type, "the run that was left in " + data + " is \"" +
                                     joined(left->command) + "\" in objects of " +
                                     left->class_name +
                                     ": give the same, or leave --resume away to begin another");
  }
  return *left;
}

int run_in_all(ManageNode& node, const CommandLine& line, const std::string& class_name,
               const std::string& data) {
  const auto run = run_to_go_on_with(line, class_name, data);
  ManageAll all{
      .command = {.words = run.command}, .jobs = line.project.jobs, .canary = line.project.canary};
  for (auto& target : node.objects()) {
    if (run.done.contains(target.id.to_string())) {
      ++all.before;
    } else {
      all.left.push_back(std::move(target));
    }
  }
  auto state = line.project.resume ? ManageState::go_on(data) : ManageState::begin(data, run);
  StopSignals signals;
  const auto report = run_in_all(node, all, state, signals);
  print_report(report);
  if (report.failed.empty() && report.left == 0) {
    state.remove();
    return 0;
  }
  if (report.done > 0) print_error("stopped; the same command with --resume goes on from here");
  return 1;
}

int manage(const CommandLine& line) {
  const auto& given = line.project;
  const bool dev = !given.persist_to.empty();
  const auto open = open_project(line, {.dev = dev});
  const auto config = config_of(line, open);
  check_that_nobody_runs(config.data);
  if (given.all && !exists(config.data + "/objects")) {
    throw Error(ErrorCode::storage, "there is no data directory " + config.data +
                                        ": name the server's with --data, or that of dev with "
                                        "--persist-to");
  }
  make_room_for(config.data);
  const auto python = find_python(open.project, config.python);
  if (!python.warning.empty()) print_error("warning: " + python.warning);
  clear_build_environment();
  const ProjectApp project(open, python, {.unlimited = true});
  const auto class_name = class_of(line, project);
  prepare_classes({open.project, config}, true);
  ManageLog log(config.log_level);
  ManageNode node(project.app(), config, log, class_name);
  return given.all ? run_in_all(node, line, class_name, config.data) : run_in_each(node, line);
}

/// What is wrong with the words, if anything.
const char* misuse(const ProjectLine& line) {
  if (line.command.empty()) {
    return "manage: say which command, as in: manage DIR --object NAME migrate";
  }
  if (line.all && !line.objects.empty()) return "manage: --all and --object exclude each other";
  if (!line.all && line.objects.empty()) {
    return "manage: say in which objects the command runs: --object NAME, or --all";
  }
  if (line.resume && !line.all) return "manage: --resume is for --all";
  return nullptr;
}

}  // namespace

int run_manage(const CommandLine& line) {
  if (const auto* mistake = misuse(line.project)) {
    print_error(mistake);
    return wrong_usage;
  }
  try {
    return manage(line);
  } catch (const std::exception& error) {
    print_failure(error.what());
    return 1;
  }
}

}  // namespace stead
