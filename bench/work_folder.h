#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace stead {

/// A folder of its own, removed at the end.
class WorkFolder {
 public:
  explicit WorkFolder(const std::string& parent) : path_(parent + "/stead_bench_XXXXXX") {
    if (!mkdtemp(path_.data())) throw std::runtime_error("cannot make a folder in " + parent);
  }
  ~WorkFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace stead
