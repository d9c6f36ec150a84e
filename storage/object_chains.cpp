#include "storage/object_chains.h"

#include <algorithm>
#include <utility>

namespace stead {

bool ObjectChains::follow(const journal_format::RecordHeader& record, std::uint64_t first_number) {
  auto& known = objects_[record.object];
  if (record.kind == Transaction::Kind::mark) {
    known.mark = std::max(known.mark, record.number);
    if (known.last <= known.mark) known.last = 0;
    return true;
  }
  const auto last = std::exchange(known.last, record.number);
  return record.previous == last || (last == 0 && record.previous < first_number);
}

}  // namespace stead
