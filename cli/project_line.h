#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace stead {

/// What `serve`, `dev` and `manage` are told of a project. A plain value.
struct ProjectLine {
  /// Folder, or file of the configuration. Empty: the current folder.
  std::string folder{};
  /// `--env`
  std::string environment{};
  /// `--persist-to`
  std::string persist_to{};

  // Of `dev`.
  std::string ip{};
  std::string port{};
  /// What was given and has no meaning here.
  std::vector<std::string> ignored{};

  // Of `manage`.
  std::vector<std::string> objects{};
  bool all = false;
  bool create = false;
  bool resume = false;
  std::size_t jobs = 4;
  std::size_t canary = 1;
  /// The command's words, as after `manage.py`.
  std::vector<std::string> command{};
};

}  // namespace stead
