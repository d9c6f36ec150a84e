#include "cli/project/build_command.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace stead {

namespace {

namespace fs = std::filesystem;

/// A folder with a `python` in it, for as long as it lives: not every system has that name.
class NamedPython {
 public:
  explicit NamedPython(const std::string& program) {
    auto path = (fs::temp_directory_path() / "stead-python-XXXXXX").string();
    if (!mkdtemp(path.data())) throw std::system_error(errno, std::generic_category(), path);
    folder_ = path;
    fs::create_symlink(program, folder_ / "python");
  }
  ~NamedPython() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  NamedPython(const NamedPython&) = delete;
  NamedPython& operator=(const NamedPython&) = delete;

  std::string folder() const { return folder_.string(); }

 private:
  fs::path folder_;
};

void prepend(const char* variable, const std::string& entry) {
  const char* before = std::getenv(variable);
  const auto value = before && *before ? entry + ":" + before : entry;
  setenv(variable, value.c_str(), 1);
}

[[noreturn]] void become_build(const ProjectBuild& build, const PythonEnvironment& python,
                               const std::string& programs) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  prepend("PATH", programs);
  if (!python.venv.empty()) setenv("VIRTUAL_ENV", python.venv.c_str(), 1);
  // Settings that name the engine can be imported outside of an object.
  // The engine django-cf has, too, for a project that does without a copy of it.
  prepend("PYTHONPATH", STEAD_PYTHON_PACKAGE ":" STEAD_PYTHON_EXTENSION ":" STEAD_PYTHON_PACKAGE
                                             "/stead/_offered");
  dup2(STDERR_FILENO, STDOUT_FILENO);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGPIPE, SIG_DFL);
  if (chdir(build.cwd.c_str()) != 0) {
    std::perror(("stead: build.cwd: " + build.cwd).c_str());
    _exit(127);
  }
  execl("/bin/sh", "sh", "-c", build.command.c_str(), static_cast<char*>(nullptr));
  std::perror("stead: /bin/sh");
  _exit(127);
}

}  // namespace

int run_build(const Project& project, const PythonEnvironment& python) {
  if (!project.build) return 0;
  const NamedPython named(python.program);
  const auto programs =
      python.venv.empty() ? named.folder() : (fs::path(python.venv) / "bin").string();
  const auto child = fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) become_build(*project.build, python, programs);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace stead
