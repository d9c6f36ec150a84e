#pragma once

#include <cstdint>

namespace stead {

/// Deliberate bugs, to prove that the simulator finds them (tests/sim). A program that is not built
/// for that has none: `mutated` is then a constant false.
enum class Mutation : std::uint8_t {
  none,
  skip_journal_sync,          ///< a batch is acknowledged without a sync
  acknowledge_before_sync,    ///< outcomes are given between the write and the sync
  drop_record,                ///< one record of a batch is not written
  reorder_records,            ///< two records of a batch change places
  write_over_last_batch,      ///< the next batch is written where the last one was
  reuse_segment_early,        ///< a segment goes although files still need it
  accept_stale_batches,       ///< recovery takes batches of a segment's former life
  ignore_batch_checksum,      ///< recovery applies a torn or damaged batch
  ignore_page_checksum,       ///< recovery accepts pages that do not come out right
  ignore_marks,               ///< recovery applies records that a file is past
  trust_last_batch,           ///< recovery uses a batch that may not be durable
  apply_twice,                ///< recovery applies each record twice
  skip_newest_segment,        ///< recovery leaves the last segment out
  drop_segments_before_sync,  ///< recovery removes the journal before the files are synced
  forget_to_shrink,           ///< recovery leaves the tail of a file that became shorter
  restart_numbers,            ///< commit numbers begin anew after recovery
  checkpoint_before_durable,  ///< pages reach the file before the journal has them
  mark_too_high,              ///< a file counts as newer than what it holds
  mark_before_file_sync,      ///< the mark moves although the file is not synced
  skip_folder_sync,           ///< a new file's name is not made durable
  patch_on_old_base,          ///< after a checkpoint, pages are still written as differences
  lose_page,                  ///< one page of a commit with several is not captured
  ignore_truncation,          ///< a commit that makes the database shorter does not say so
  keep_failed_commit,         ///< a commit that failed stays visible
  lose_durable_on_reset,      ///< a reset forgets what is not yet in the file
  remove_before_durable,      ///< delete_all removes the file at once
  accept_after_failure,       ///< a commit that follows a failed one is written
  wrong_undo,                 ///< a step back in history does not take a page along
};

#ifdef STEAD_MUTATIONS
/// Set by the simulator, between runs.
inline Mutation active_mutation = Mutation::none;
inline bool mutated(Mutation mutation) { return active_mutation == mutation; }
#else
constexpr bool mutated(Mutation) { return false; }
#endif

}  // namespace stead
