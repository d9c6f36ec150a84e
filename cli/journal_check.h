#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/environment.h"
#include "storage/journal_reader.h"

namespace stead {

/// What there is in a folder of segments, and what is wrong with it. A plain value.
struct JournalCheck {
  struct Damage {
    JournalDamage::Region region;
    std::string what;
    /// "Class id": those with records in the damaged batches, as far as these can be read, and
    /// those whose later commits build on one that is missing.
    std::set<std::string> objects;
  };

  std::uint64_t segments = 0;
  std::uint64_t batches = 0;
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  std::optional<WallTime> first{};
  WallTime last{};
  std::vector<Damage> damages{};
  /// A batch that was begun and not finished: never acknowledged, no damage.
  std::optional<JournalDamage::Region> torn{};
};

/// Reads all segments in a folder, all their checksums and the chain of each object's commits.
/// Changes nothing. If a running server changes the folder meanwhile, it begins again. Throws
/// DiskError.
JournalCheck check_journal(Disk& disk, const std::string& folder, JournalReader::Scope scope);

}  // namespace stead
