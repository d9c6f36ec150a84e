#include "tests/storage/journal_fixture.h"

#include <fstream>
#include <iterator>
#include <random>

#include "base/check.h"

namespace stead::test {

namespace {

/// The same for the same page, and not to be compressed.
Bytes noise(std::uint32_t page) {
  std::mt19937 random(page);
  Bytes bytes(ModelObject::page_size);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

}  // namespace

ModelObject& ModelObject::set(std::uint32_t page, std::uint8_t fill) {
  while (pages_.size() < page) pages_.push_back(noise(static_cast<std::uint32_t>(pages_.size())));
  std::fill_n(pages_[page - 1].begin(), 16, fill);
  return *this;
}

ModelObject& ModelObject::resize(std::uint32_t count) {
  pages_.resize(count);
  return *this;
}

Transaction ModelObject::transaction() {
  Transaction out{.kind = born_ ? Transaction::Kind::commit : Transaction::Kind::create,
                  .class_name = class_name,
                  .page_size = page_size,
                  .pages = static_cast<std::uint32_t>(pages_.size()),
                  .pages_before = static_cast<std::uint32_t>(last_.size())};
  for (std::uint32_t page = 1; page <= pages_.size(); ++page) {
    const auto& image = pages_[page - 1];
    const bool existed = page <= last_.size();
    if (existed && last_[page - 1] == image) continue;
    journal_format::PageEntry entry{.page = page, .checksum = page_checksum(image)};
    Bytes encoded;
    if (existed && recorded_.contains(page)) {
      CHECK(append_patch(encoded, last_[page - 1], image, 1 << 20));
      entry.encoding = PageEncoding::patch;
    } else {
      entry.encoding = append_image(encoded, image);
    }
    entry.length = static_cast<std::uint32_t>(encoded.size());
    journal_format::append(out.bytes, entry);
    out.bytes.insert(out.bytes.end(), encoded.begin(), encoded.end());
    ++out.entries;
    recorded_.insert(page);
  }
  out.size = out.bytes.size();
  recorded_.erase(recorded_.upper_bound(out.pages), recorded_.end());
  last_ = pages_;
  born_ = true;
  return out;
}

Transaction ModelObject::removal() {
  pages_.clear();
  last_.clear();
  recorded_.clear();
  born_ = false;
  return {.kind = Transaction::Kind::remove, .class_name = class_name};
}

Bytes ModelObject::content() const {
  Bytes all;
  for (const auto& page : pages_) all.insert(all.end(), page.begin(), page.end());
  return all;
}

RecoveryReport JournalTest::open() {
  auto report = recover(disk_, data(), random_);
  journal_ = std::make_unique<LocalJournal>(disk_, Environment{clock_, random_}, config(),
                                            report.position);
  drop_recovered(disk_, report, archive_);
  return report;
}

std::uint64_t JournalTest::append(ModelObject& object) {
  return append(object, object.transaction());
}

std::uint64_t JournalTest::append(ModelObject& object, Transaction transaction) {
  const auto previous = object.sequence++;
  object.number =
      journal_->append({object.id, object.sequence, previous}, std::move(transaction), listener_);
  return object.number;
}

std::uint64_t JournalTest::commit(ModelObject& object) {
  const auto number = append(object);
  EXPECT_TRUE(journal_->write_batch());
  return number;
}

void JournalTest::checkpoint(ModelObject& object) {
  write_file(path(object), object.content());
  object.checkpointed();
  journal_->mark(object.id, object.class_name, object.number);
  EXPECT_TRUE(journal_->write_batch());
}

Bytes JournalTest::read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

void JournalTest::write_file(const std::string& path, std::span<const std::uint8_t> bytes) {
  Disk::system().make_folders(path.substr(0, path.rfind('/')));
  const auto file = Disk::system().open(path, Disk::Mode::create);
  file->resize(0);
  file->write(0, bytes);
}

void JournalTest::flip(const std::string& path, std::uint64_t offset, std::uint8_t mask) {
  const auto file = Disk::system().open(path, Disk::Mode::write);
  Bytes byte(1);
  ASSERT_EQ(file->read(offset, byte), 1U);
  byte[0] ^= mask;
  file->write(offset, byte);
}

}  // namespace stead::test
