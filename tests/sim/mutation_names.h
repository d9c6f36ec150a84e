#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "storage/mutation.h"

namespace stead::test {

/// Every deliberate bug that the simulator must find: all but `wrong_undo`, since it looks at no
/// history.
std::vector<Mutation> all_mutations();

/// As in the source, e.g. "skip_journal_sync".
std::string_view name_of(Mutation mutation);
std::optional<Mutation> mutation_of(std::string_view name);

}  // namespace stead::test
