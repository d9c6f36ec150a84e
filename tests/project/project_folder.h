#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "project/load_project.h"
#include "tests/support/temporary_directory.h"

namespace stead::test {

/// A folder for one project, removed at the end.
class ProjectFolder : public ::testing::Test {
 protected:
  /// Gives the file's path.
  std::string write(const std::string& name, std::string_view text);
  /// Writes the file and loads it; fails the test if that fails.
  Project load(const std::string& name, std::string_view text, const ProjectOptions& options = {});
  /// The message that loading fails with, without the folder.
  std::string error_of(const std::string& name, std::string_view text,
                       const ProjectOptions& options = {});
  /// A path or message without the folder's name.
  std::string shorten(std::string text) const;

  TemporaryDirectory directory;
  std::filesystem::path folder = directory.path();
};

}  // namespace stead::test
