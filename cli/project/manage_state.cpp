#include "cli/project/manage_state.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <system_error>
#include <utility>

#include "base/error.h"

namespace stead {

namespace {

std::string path_in(const std::string& data) { return data + "/manage.run"; }

[[noreturn]] void cannot(const std::string& what, const std::string& path) {
  throw Error(ErrorCode::storage,
              "cannot " + what + " " + path + ": " + std::generic_category().message(errno));
}

}  // namespace

std::optional<ManageState::Run> ManageState::read(const std::string& data) {
  std::ifstream file(path_in(data), std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream buffer;
  buffer << file.rdbuf();
  std::istringstream text(buffer.str().substr(0, buffer.str().rfind('\n') + 1));
  std::string line;
  if (!std::getline(text, line)) return std::nullopt;
  const auto json = nlohmann::json::parse(line, nullptr, false);
  if (!json.is_object() || json.value("format", 0) != 1) {
    throw Error(ErrorCode::storage, path_in(data) +
                                        " is damaged, or of another version: remove it "
                                        "to begin anew");
  }
  Run run{json.value("class", ""), json.value("command", std::vector<std::string>())};
  while (std::getline(text, line)) run.done.insert(line);
  return run;
}

ManageState ManageState::begin(const std::string& data, const Run& run) {
  ManageState state(path_in(data));
  state.heading_ =
      nlohmann::json{{"format", 1}, {"class", run.class_name}, {"command", run.command}}.dump(
          -1, ' ', false, nlohmann::json::error_handler_t::replace);
  return state;
}

ManageState ManageState::go_on(const std::string& data) {
  ManageState state(path_in(data));
  state.open_file(0);
  // What follows a line that was cut off must not be added to it.
  state.append("");
  return state;
}

ManageState::ManageState(ManageState&& other) noexcept
    : path_(std::move(other.path_)),
      heading_(std::move(other.heading_)),
      file_(std::exchange(other.file_, -1)) {}

ManageState::~ManageState() {
  if (file_ >= 0) ::close(file_);
}

void ManageState::open_file(int flags) {
  file_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | flags, 0666);
  if (file_ < 0) cannot("write", path_);
}

void ManageState::append(const std::string& line) {
  const auto text = line + "\n";
  if (::write(file_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    cannot("write", path_);
  }
}

void ManageState::add_done(const ObjectId& object) {
  if (file_ < 0) {
    open_file(O_CREAT | O_TRUNC);
    append(heading_);
  }
  append(object.to_string());
}

void ManageState::remove() {
  if (::unlink(path_.c_str()) != 0 && errno != ENOENT) cannot("remove", path_);
}

}  // namespace stead
