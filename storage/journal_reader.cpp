#include "storage/journal_reader.h"

#include <algorithm>

#include "storage/mutation.h"

namespace stead {

JournalReader::JournalReader(Disk& disk, std::string folder)
    : disk_(disk), folder_(std::move(folder)) {
  for (const auto& name : disk_.list(folder_)) {
    if (const auto segment = journal_format::segment_of_name(name)) segments_.push_back(*segment);
  }
  if (mutated(Mutation::skip_newest_segment) && segments_.size() > 1) segments_.pop_back();
}

std::vector<std::string> JournalReader::paths() const {
  std::vector<std::string> paths;
  for (const auto segment : segments_) {
    paths.push_back(folder_ + "/" + journal_format::segment_name(segment));
  }
  return paths;
}

bool JournalReader::open_next() {
  if (opened_ == segments_.size()) return false;
  const auto number = segments_[opened_];
  const bool newest = ++opened_ == segments_.size();
  SegmentReader next(disk_, folder_ + "/" + journal_format::segment_name(number));
  const auto header = next.header();
  // The newest may have been about to begin: it, or the file that it is made of, has no batch yet.
  // What is neither empty nor another's header was damaged later, and batches may follow it.
  if (newest && (next.empty() || (header && header->segment != number))) {
    if (!position_) position_.emplace();
    position_->next_segment = number + 1;
    return false;
  }
  if (!header || header->segment != number) {
    throw JournalDamage(next.path(), 0, "the segment has no valid header");
  }
  const bool first = !position_;
  const bool follows =
      first || (position_->next_segment == number && position_->next_batch == header->first_batch);
  if (first) {
    position_.emplace();
    first_number_ = header->first_number;
  }
  *position_ = {.node = header->node,
                .next_segment = number + 1,
                .next_batch = header->first_batch,
                .next_number = std::max(position_->next_number, header->first_number)};
  segment_.emplace(std::move(next));
  at_end_ = false;
  if (!follows) {
    throw JournalDamage(segment_->path(), 0, "what should come before it is missing");
  }
  return true;
}

std::optional<JournalReader::Batch> JournalReader::next() {
  for (;;) {
    // The end of a segment is one if the next begins where it ends.
    if (at_end_ && !open_next()) return std::nullopt;
    auto batch = segment_->next();
    if (!batch) {
      at_end_ = true;
      continue;
    }
    bytes_ += batch->end - batch->offset;
    position_->next_batch = segment_->next_batch();
    position_->next_number = std::max(position_->next_number, batch->header.last_commit + 1);
    return batch;
  }
}

}  // namespace stead
