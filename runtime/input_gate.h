#pragma once

#include <cstdint>
#include <vector>

namespace stead {

/// Decides whether an event may be delivered to an object now. Open unless a critical section
/// (`block_concurrency_while`) runs; then only what that section itself started may pass. Sections
/// nest; the innermost decides.
///
/// Thread: the object's. Owner: its instance.
class InputGate {
 public:
  using Section = std::uint64_t;
  /// What code outside of every section belongs to.
  static constexpr Section none = 0;

  /// Whether a new call may be started.
  bool open() const { return sections_.empty(); }
  /// Whether something that code of `section` waits for may be delivered.
  bool lets_through(Section section) const {
    return sections_.empty() || sections_.back() == section;
  }
  std::size_t depth() const { return sections_.size(); }

  Section enter() {
    sections_.push_back(++last_);
    return last_;
  }
  /// Sections end innermost first; one that ends early waits for those it encloses.
  void leave(Section section) { std::erase(sections_, section); }

 private:
  std::vector<Section> sections_;
  Section last_ = none;
};

}  // namespace stead
