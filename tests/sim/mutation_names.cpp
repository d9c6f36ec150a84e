#include "tests/sim/mutation_names.h"

#include <array>
#include <utility>

namespace stead::test {

namespace {

#define NAMED(name) \
  std::pair { Mutation::name, std::string_view(#name) }

constexpr std::array names{
    NAMED(none),
    NAMED(skip_journal_sync),
    NAMED(acknowledge_before_sync),
    NAMED(drop_record),
    NAMED(reorder_records),
    NAMED(write_over_last_batch),
    NAMED(reuse_segment_early),
    NAMED(accept_stale_batches),
    NAMED(ignore_batch_checksum),
    NAMED(ignore_page_checksum),
    NAMED(ignore_marks),
    NAMED(trust_last_batch),
    NAMED(apply_twice),
    NAMED(skip_newest_segment),
    NAMED(drop_segments_before_sync),
    NAMED(forget_to_shrink),
    NAMED(restart_numbers),
    NAMED(checkpoint_before_durable),
    NAMED(mark_too_high),
    NAMED(mark_before_file_sync),
    NAMED(skip_folder_sync),
    NAMED(patch_on_old_base),
    NAMED(lose_page),
    NAMED(ignore_truncation),
    NAMED(keep_failed_commit),
    NAMED(lose_durable_on_reset),
    NAMED(remove_before_durable),
    NAMED(accept_after_failure),
    NAMED(wrong_undo),
};

#undef NAMED

}  // namespace

std::vector<Mutation> all_mutations() {
  std::vector<Mutation> all;
  for (const auto& [mutation, name] : names) {
    if (mutation != Mutation::none && mutation != Mutation::wrong_undo) all.push_back(mutation);
  }
  return all;
}

std::string_view name_of(Mutation mutation) {
  for (const auto& [each, name] : names) {
    if (each == mutation) return name;
  }
  return "?";
}

std::optional<Mutation> mutation_of(std::string_view name) {
  for (const auto& [mutation, each] : names) {
    if (each == name) return mutation;
  }
  return std::nullopt;
}

}  // namespace stead::test
