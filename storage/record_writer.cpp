#include "storage/record_writer.h"

#include "storage/page_codec.h"
#include "storage/spill_file.h"

namespace stead {

using journal_format::PageEntry;

void RecordWriter::add(std::uint32_t page, std::span<const std::uint8_t> image) {
  add_image({.page = page, .checksum = page_checksum(image)}, image);
}

void RecordWriter::add_former(std::uint32_t page, std::span<const std::uint8_t> image) {
  add_image({.page = page, .checksum = page_checksum(image), .former = true}, image);
}

void RecordWriter::add_image(PageEntry entry, std::span<const std::uint8_t> image) {
  const auto at = begin(entry);
  entry.encoding = append_image(out_.bytes, image);
  end(at, entry);
}

void RecordWriter::add_patch(std::uint32_t page, std::uint32_t checksum,
                             std::span<const std::uint8_t> patch) {
  PageEntry entry{.page = page, .checksum = checksum, .encoding = PageEncoding::patch};
  const auto at = begin(entry);
  out_.bytes.insert(out_.bytes.end(), patch.begin(), patch.end());
  end(at, entry);
}

void RecordWriter::finish() {
  if (out_.file) spill();
  out_.size = out_.file ? spilled_ : out_.bytes.size();
}

std::size_t RecordWriter::begin(const PageEntry& entry) {
  const auto at = out_.bytes.size();
  journal_format::append(out_.bytes, entry);
  return at;
}

void RecordWriter::end(std::size_t at, PageEntry& entry) {
  entry.length = static_cast<std::uint32_t>(out_.bytes.size() - at - PageEntry::size);
  journal_format::finish_entry(out_.bytes, at, entry);
  ++out_.entries;
  if (out_.bytes.size() >= limits_.memory) spill();
}

void RecordWriter::spill() {
  if (!out_.file) out_.file = open_spill_file(disk_, limits_.spill_path + "-record");
  out_.file->write(spilled_, out_.bytes);
  spilled_ += out_.bytes.size();
  out_.bytes.clear();
}

}  // namespace stead
