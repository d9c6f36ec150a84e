#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/environment.h"
#include "storage/local_journal.h"
#include "storage/object_path.h"
#include "storage/page_codec.h"
#include "storage/recovery.h"
#include "tests/support/fault_disk.h"
#include "tests/support/temporary_directory.h"

namespace stead::test {

/// Bytes that count up: no two fills are the same.
class CountingRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    for (auto& byte : bytes) byte = ++last_;
  }

 private:
  std::uint8_t last_ = 0;
};

/// Remembers what a journal told.
class Listener final : public JournalClient {
 public:
  void on_commit_outcomes(std::span<const CommitRecord> records,
                          CommitOutcome outcome) noexcept override {
    for (const auto& each : records) {
      (outcome == CommitOutcome::durable ? durable : failed).push_back(each.sequence);
      order.push_back(each.sequence);
    }
    ++calls;
  }
  void on_checkpoint_wanted(const ObjectId& object) noexcept override { wanted.insert(object); }

  std::vector<std::uint64_t> durable{};
  std::vector<std::uint64_t> failed{};
  std::vector<std::uint64_t> order{};
  std::set<ObjectId> wanted{};
  std::size_t calls = 0;
};

/// One object as its pages should be, and the transactions that make them so.
class ModelObject {
 public:
  static constexpr std::size_t page_size = 512;

  explicit ModelObject(std::uint8_t fill) { id.bytes.fill(fill); }

  /// Writes `fill` into the first bytes of a page, which may be a new one; the rest of it is of
  /// bytes that do not compress.
  ModelObject& set(std::uint32_t page, std::uint8_t fill);
  ModelObject& resize(std::uint32_t count);
  /// What has changed since the last one: images, or patches of pages that were recorded before.
  Transaction transaction();
  Transaction removal();
  /// The file holds everything: the next images do not build on former ones.
  void checkpointed() { recorded_.clear(); }
  Bytes content() const;

  ObjectId id{};
  std::string class_name = "Thing";
  std::uint64_t sequence = 0;
  /// Of the last commit that a journal took.
  std::uint64_t number = 0;

 private:
  std::vector<Bytes> pages_;
  std::vector<Bytes> last_;
  std::set<std::uint32_t> recorded_;
  bool born_ = false;
};

/// A data directory with a journal on a disk that can fail.
class JournalTest : public testing::Test {
 protected:
  JournalConfig config() const {
    return {.folder = folder(),
            .segment_bytes = segment_bytes_,
            .batch_bytes = batch_bytes_,
            .segments = segments_,
            .archive = archive_};
  }
  std::string data() const { return directory_.path(); }
  std::string folder() const { return data() + "/journal"; }
  std::string segment(std::uint64_t number) const {
    return folder() + "/" + journal_format::segment_name(number);
  }
  std::string path(const ModelObject& object) const {
    return object_path(data(), object.class_name, object.id);
  }
  std::vector<std::string> names() { return Disk::system().list(folder()); }

  /// Recovers and begins a journal, as a node does.
  RecoveryReport open();
  /// As if the process were killed.
  void kill() { journal_.reset(); }
  LocalJournal& journal() { return *journal_; }

  /// Appends a commit of what the object's model has changed.
  std::uint64_t append(ModelObject& object);
  std::uint64_t append(ModelObject& object, Transaction transaction);
  /// Appends and writes it as a batch of its own.
  std::uint64_t commit(ModelObject& object);
  /// As a checkpointer does: the file's content, and the mark.
  void checkpoint(ModelObject& object);

  Bytes read_file(const std::string& path);
  void write_file(const std::string& path, std::span<const std::uint8_t> bytes);
  void flip(const std::string& path, std::uint64_t offset, std::uint8_t mask = 1);

  TemporaryDirectory directory_;
  FaultDisk disk_;
  ManualClock clock_;
  CountingRandom random_;
  Listener listener_;
  std::uint64_t segment_bytes_ = 64 << 20;
  std::size_t batch_bytes_ = 4 << 20;
  std::size_t segments_ = 4;
  std::string archive_;
  std::unique_ptr<LocalJournal> journal_;
};

}  // namespace stead::test
