#include "storage/record_writer.h"

#include "storage/page_codec.h"

namespace stead {

namespace {

using journal_format::PageEntry;

/// A longer patch is not worth more than a compressed image.
constexpr std::size_t longest_patch = 512;

}  // namespace

bool RecordWriter::add(std::uint32_t page, std::span<const std::uint8_t> image,
                       std::span<const std::uint8_t> base) {
  PageEntry entry{.page = page, .checksum = page_checksum(image)};
  const auto at = begin(entry);
  const bool patched = !base.empty() && append_patch(out_.bytes, base, image, longest_patch);
  entry.encoding = patched ? PageEncoding::patch : append_image(out_.bytes, image);
  end(at, entry);
  return patched;
}

void RecordWriter::add_former(std::uint32_t page, std::span<const std::uint8_t> image) {
  PageEntry entry{.page = page, .checksum = page_checksum(image), .former = true};
  const auto at = begin(entry);
  entry.encoding = append_image(out_.bytes, image);
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
  if (!out_.file) {
    const auto path = limits_.spill_path + "-record";
    disk_.make_folders(path.substr(0, path.rfind('/')));
    out_.file = disk_.open(path, Disk::Mode::create);
    disk_.remove(path);
  }
  out_.file->write(spilled_, out_.bytes);
  spilled_ += out_.bytes.size();
  out_.bytes.clear();
}

}  // namespace stead
