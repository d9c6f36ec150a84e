#pragma once

#include <string>

namespace stead::test {

/// A SQLite VFS over the default one that fails one chosen operation, for tests of full and broken
/// disks. Counts writes, syncs, truncations and opens of files for writing. Thread: one.
class FaultVfs final {
 public:
  FaultVfs();
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  const std::string& name() const { return name_; }
  /// The operation of this number, counted from 1 from now on, and all after it fail with `code`.
  void fail_from(int number, int code);
  /// Only the one operation of this number fails.
  void fail_once(int number, int code);
  void heal();
  /// Whether the chosen operation was reached.
  bool failed() const;

  struct State;

 private:
  std::string name_;
  State* state_;
};

}  // namespace stead::test
