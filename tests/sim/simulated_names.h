#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/seeded.h"
#include "tests/sim/simulated_contents.h"

namespace stead::test {

/// The names on a simulated disk: as they are now, and which of them are durable.
///
/// A change of a name is durable once its folder was synced. Of the others a crash may keep any,
/// but never one without the earlier ones of the same name; a rename is kept or lost as a whole.
/// What lies in a folder whose own name was lost is lost.
///
/// Thread: one. Owner: the disk.
class SimulatedNames final {
 public:
  using File = std::shared_ptr<SimulatedContents>;

  /// Null if there is no such file.
  File find(const std::string& path) const;
  bool has_folder(const std::string& path) const;
  /// Requires that its folder is there.
  File create(const std::string& path);
  void remove(const std::string& path);
  void rename(const std::string& from, const std::string& to);
  void make_folders(const std::string& path);
  std::vector<std::string> list(const std::string& folder) const;

  void sync_folder(const std::string& path);
  void sync_all();
  /// From now on the names, and what they name, are as the crash left them.
  void crash(Seeded& seed);

  const std::map<std::string, File>& files() const { return now_.files; }

 private:
  struct Tree {
    std::map<std::string, File> files;
    std::set<std::string> folders;
  };
  struct Change {
    enum class Kind { create, remove, rename, make_folder };
    Kind kind;
    std::string path;
    /// The new name, for `rename`.
    std::string to;
    File file;
    bool touches(const Change& other) const;
    bool is_in(const std::string& folder) const;
  };

  void add(Change change);
  static void apply(const Change& change, Tree& tree);
  static bool has_folder(const Tree& tree, const std::string& path);
  static void drop_unreachable(Tree& tree);

  Tree now_;
  Tree durable_;
  std::vector<Change> changes_;
};

/// The folder of a path; empty for a path without one.
std::string folder_of(const std::string& path);

}  // namespace stead::test
