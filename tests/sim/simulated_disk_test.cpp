#include "tests/sim/simulated_disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>

namespace stead::test {
namespace {

using ::testing::ElementsAre;
using Mode = Disk::Mode;
using Kind = DiskError::Kind;

constexpr std::uint64_t seeds = 300;

Bytes bytes_of(std::size_t size, char fill) { return Bytes(size, static_cast<std::uint8_t>(fill)); }

/// The byte each sector of a file is filled with; '?' for one that is mixed.
std::string sectors(const Bytes& contents) {
  std::string text;
  for (std::size_t at = 0; at < contents.size(); at += 512) {
    const auto end =
        contents.begin() + static_cast<std::ptrdiff_t>(std::min(at + 512, contents.size()));
    const auto first = contents.begin() + static_cast<std::ptrdiff_t>(at);
    const bool same = std::all_of(first, end, [&](auto byte) { return byte == *first; });
    text += !same ? '?' : *first == 0 ? '0' : static_cast<char>(*first);
  }
  return text;
}

class Simulated {
 public:
  explicit Simulated(std::uint64_t seed) : disk(seed) {
    disk.make_folders("/d");
    disk.sync_folder("");
  }
  /// A durable file of durable contents.
  std::unique_ptr<DiskFile> durable(const std::string& path, const Bytes& contents) {
    auto file = disk.open(path, Mode::create);
    file->write(0, contents);
    file->sync();
    disk.sync_folder(folder_of(path));
    return file;
  }
  void crash() {
    disk.crash();
    disk.restart();
  }
  std::string found(const std::string& path) {
    return disk.exists(path) ? sectors(disk.contents(path)) : "none";
  }
  SimulatedDisk disk;
};

/// What `found` gives over many seeds.
template <class Body>
std::set<std::string> outcomes(Body body) {
  std::set<std::string> all;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    Simulated simulated(seed);
    all.insert(body(simulated));
  }
  return all;
}

TEST(SimulatedDisk, ReadsWhatWasWritten) {
  Simulated simulated(1);
  auto file = simulated.disk.open("/d/a", Mode::create);
  file->write(3, bytes_of(4, 'x'));
  EXPECT_EQ(file->size(), 7U);
  Bytes into(10, 9);
  EXPECT_EQ(file->read(0, into), 7U);
  EXPECT_EQ(into, (Bytes{0, 0, 0, 'x', 'x', 'x', 'x', 9, 9, 9}));
  EXPECT_EQ(file->read(7, into), 0U);
  file->resize(4);
  EXPECT_EQ(simulated.disk.contents("/d/a"), (Bytes{0, 0, 0, 'x'}));
  EXPECT_EQ(simulated.disk.counters().writes, 1U);
  EXPECT_EQ(simulated.disk.counters().reads, 2U);
}

TEST(SimulatedDisk, KnowsNames) {
  Simulated simulated(1);
  auto& disk = simulated.disk;
  EXPECT_THROW(disk.open("/d/a", Mode::write), DiskError);
  EXPECT_THROW(disk.open("/nowhere/a", Mode::create), DiskError);
  disk.open("/d/b", Mode::create)->write(0, bytes_of(1, 'b'));
  disk.open("/d/a", Mode::create);
  disk.make_folders("/d/e/f");
  disk.open("/d/e/f/g", Mode::create);
  EXPECT_THAT(disk.list("/d"), ElementsAre("a", "b"));
  EXPECT_TRUE(disk.list("/nowhere").empty());
  disk.rename("/d/b", "/d/a");
  EXPECT_THAT(disk.paths(), ElementsAre("/d/a", "/d/e/f/g"));
  EXPECT_EQ(simulated.found("/d/a"), "b");
  EXPECT_TRUE(disk.remove("/d/a"));
  EXPECT_FALSE(disk.remove("/d/a"));
  EXPECT_TRUE(disk.exists("/d/e"));
}

TEST(SimulatedDisk, ACrashKeepsWhatWasSynced) {
  EXPECT_THAT(outcomes([](Simulated& simulated) {
                simulated.durable("/d/a", bytes_of(1024, 'a'));
                simulated.crash();
                return simulated.found("/d/a");
              }),
              ElementsAre("aa"));
}

TEST(SimulatedDisk, ACrashKeepsAnySectorsOfWhatWasNotSynced) {
  EXPECT_THAT(outcomes([](Simulated& simulated) {
                auto file = simulated.durable("/d/a", bytes_of(1024, 'a'));
                file->write(0, bytes_of(1024, 'b'));
                simulated.crash();
                return simulated.found("/d/a");
              }),
              ElementsAre("aa", "ab", "ba", "bb"));
}

TEST(SimulatedDisk, ACrashReordersWritesButASectorKeepsItsOrder) {
  const auto found = outcomes([](Simulated& simulated) {
    auto file = simulated.durable("/d/a", bytes_of(1024, 'a'));
    file->write(0, bytes_of(512, 'b'));
    file->write(512, bytes_of(512, 'c'));
    file->write(100, bytes_of(512 - 100, 'd'));
    simulated.crash();
    // The last write of the first sector is never there without the first.
    const auto contents = simulated.disk.contents("/d/a");
    return std::string{static_cast<char>(contents[0]), static_cast<char>(contents[100]),
                       static_cast<char>(contents[512])};
  });
  EXPECT_THAT(found, ElementsAre("aaa", "aac", "bba", "bbc", "bda", "bdc"));
}

TEST(SimulatedDisk, ACrashKeepsAnySizeSinceTheSync) {
  EXPECT_THAT(outcomes([](Simulated& simulated) {
                auto file = simulated.durable("/d/a", bytes_of(512, 'a'));
                file->write(512, bytes_of(512, 'b'));
                simulated.crash();
                return simulated.found("/d/a");
              }),
              ElementsAre("a", "a0", "ab"));
}

TEST(SimulatedDisk, WhatAShorterSizeCutOffDoesNotComeBackWithoutIt) {
  const auto found = outcomes([](Simulated& simulated) {
    auto file = simulated.durable("/d/a", bytes_of(1024, 'a'));
    file->resize(512);
    file->write(512, bytes_of(512, 'b'));
    simulated.crash();
    return simulated.found("/d/a");
  });
  EXPECT_THAT(found, ElementsAre("a", "a0", "aa", "ab"));
  const auto longer = outcomes([](Simulated& simulated) {
    auto file = simulated.durable("/d/a", bytes_of(1024, 'a'));
    file->resize(512);
    file->resize(1536);
    file->sync();
    simulated.crash();
    return simulated.found("/d/a");
  });
  EXPECT_THAT(longer, ElementsAre("a00"));
}

TEST(SimulatedDisk, ANameIsDurableOnceItsFolderWasSynced) {
  EXPECT_THAT(outcomes([](Simulated& simulated) {
                auto file = simulated.disk.open("/d/a", Mode::create);
                file->write(0, bytes_of(512, 'a'));
                file->sync();
                simulated.crash();
                return simulated.found("/d/a");
              }),
              ElementsAre("a", "none"));
  EXPECT_THAT(outcomes([](Simulated& simulated) {
                simulated.disk.open("/d/a", Mode::create)->write(0, bytes_of(512, 'a'));
                simulated.disk.sync_folder("/d");
                simulated.crash();
                return simulated.found("/d/a");
              }),
              ElementsAre("", "0", "a"));
}

TEST(SimulatedDisk, ANewFolderIsDurableOnceTheFolderAboveWasSynced) {
  const auto lost = outcomes([](Simulated& simulated) {
    simulated.disk.make_folders("/d/e");
    simulated.durable("/d/e/a", bytes_of(512, 'a'));
    simulated.crash();
    return simulated.found("/d/e/a");
  });
  EXPECT_THAT(lost, ElementsAre("a", "none"));
  const auto kept = outcomes([](Simulated& simulated) {
    simulated.disk.make_folders("/d/e");
    simulated.disk.sync_folder("/d");
    simulated.durable("/d/e/a", bytes_of(512, 'a'));
    simulated.crash();
    return simulated.found("/d/e/a");
  });
  EXPECT_THAT(kept, ElementsAre("a"));
}

TEST(SimulatedDisk, ARenameIsKeptOrLostAsAWhole) {
  const auto rename = [](Simulated& simulated, bool sync) {
    simulated.durable("/d/a", bytes_of(512, 'a'));
    simulated.durable("/d/b", bytes_of(512, 'b'));
    simulated.disk.rename("/d/b", "/d/a");
    if (sync) simulated.disk.sync_folder("/d");
    simulated.crash();
    return simulated.found("/d/a") + " " + simulated.found("/d/b");
  };
  EXPECT_THAT(outcomes([&](Simulated& simulated) { return rename(simulated, false); }),
              ElementsAre("a b", "b none"));
  EXPECT_THAT(outcomes([&](Simulated& simulated) { return rename(simulated, true); }),
              ElementsAre("b none"));
}

TEST(SimulatedDisk, ARemovedFileMayComeBackUntilItsFolderIsSynced) {
  const auto remove = [](Simulated& simulated, bool sync) {
    simulated.durable("/d/a", bytes_of(512, 'a'));
    simulated.disk.remove("/d/a");
    if (sync) simulated.disk.sync_folder("/d");
    simulated.crash();
    return simulated.found("/d/a");
  };
  EXPECT_THAT(outcomes([&](Simulated& simulated) { return remove(simulated, false); }),
              ElementsAre("a", "none"));
  EXPECT_THAT(outcomes([&](Simulated& simulated) { return remove(simulated, true); }),
              ElementsAre("none"));
}

TEST(SimulatedDisk, NamesAreKeptInAnyCombination) {
  const auto found = outcomes([](Simulated& simulated) {
    simulated.disk.open("/d/a", Mode::create);
    simulated.disk.open("/d/b", Mode::create);
    simulated.crash();
    return std::string(simulated.disk.exists("/d/a") ? "a" : "") +
           (simulated.disk.exists("/d/b") ? "b" : "");
  });
  EXPECT_THAT(found, ElementsAre("", "a", "ab", "b"));
}

TEST(SimulatedDisk, SyncAllMakesEverythingDurable) {
  EXPECT_THAT(outcomes([](Simulated& simulated) {
                simulated.disk.make_folders("/d/e/f");
                simulated.disk.open("/d/e/f/a", Mode::create)->write(0, bytes_of(512, 'a'));
                simulated.disk.sync_all("/d");
                simulated.crash();
                return simulated.found("/d/e/f/a");
              }),
              ElementsAre("a"));
}

TEST(SimulatedDisk, FailsTheOperationThatWasNamed) {
  Simulated simulated(1);
  auto& disk = simulated.disk;
  auto file = disk.open("/d/a", Mode::create);
  disk.fail_at(2, Kind::full);
  file->write(0, bytes_of(1, 'a'));
  try {
    file->write(1, bytes_of(1, 'b'));
    FAIL() << "the second operation fails";
  } catch (const DiskError& error) {
    EXPECT_TRUE(error.full());
  }
  file->write(1, bytes_of(1, 'c'));
  EXPECT_EQ(disk.contents("/d/a"), (Bytes{'a', 'c'}));
  EXPECT_EQ(disk.counters().failures, 1U);
}

TEST(SimulatedDisk, FailsForGoodUntilHealed) {
  Simulated simulated(1);
  auto& disk = simulated.disk;
  disk.fail_from(1, Kind::failed);
  for (int i = 0; i < 3; ++i) EXPECT_THROW(disk.open("/d/a", Mode::create), DiskError);
  disk.heal();
  EXPECT_TRUE(disk.open("/d/a", Mode::create));
}

TEST(SimulatedDisk, AFullDiskStillReads) {
  Simulated simulated(1);
  auto file = simulated.durable("/d/a", bytes_of(512, 'a'));
  simulated.disk.fail_from(1, Kind::full);
  Bytes into(1);
  EXPECT_EQ(file->read(0, into), 1U);
  EXPECT_THROW(file->write(0, into), DiskError);
}

TEST(SimulatedDisk, FailsWritesToNamedPaths) {
  Simulated simulated(1);
  auto& disk = simulated.disk;
  disk.fail_writes_to("/d/a", Kind::failed);
  auto a = disk.open("/d/a", Mode::create);
  EXPECT_THROW(a->write(0, bytes_of(1, 'a')), DiskError);
  disk.open("/d/b", Mode::create)->write(0, bytes_of(1, 'b'));
}

TEST(SimulatedDisk, HasACapacity) {
  Simulated simulated(1);
  auto& disk = simulated.disk;
  auto file = simulated.durable("/d/a", bytes_of(100, 'a'));
  disk.set_capacity(150);
  EXPECT_THROW(file->write(100, bytes_of(51, 'b')), DiskError);
  EXPECT_THROW(file->resize(151), DiskError);
  EXPECT_EQ(file->size(), 100U);
  file->write(50, bytes_of(100, 'b'));
  EXPECT_EQ(disk.used(), 150U);
  disk.remove("/d/a");
  disk.open("/d/b", Mode::create)->write(0, bytes_of(150, 'b'));
}

TEST(SimulatedDisk, AFailedSyncLosesWhatALaterOneDoesNotBringBack) {
  const auto found = outcomes([](Simulated& simulated) {
    auto file = simulated.durable("/d/a", bytes_of(512, 'a'));
    file->write(0, bytes_of(512, 'b'));
    simulated.disk.fail_sync_at(1);
    EXPECT_THROW(file->sync(), DiskError);
    EXPECT_EQ(simulated.found("/d/a"), "b") << "it reads as if it were there";
    file->sync();
    simulated.crash();
    return simulated.found("/d/a");
  });
  EXPECT_THAT(found, ElementsAre("a", "b"));
}

TEST(SimulatedDisk, CrashesAtAnOperationAndStaysDead) {
  Simulated simulated(1);
  auto& disk = simulated.disk;
  auto file = simulated.durable("/d/a", bytes_of(512, 'a'));
  disk.crash_at(2);
  file->write(0, bytes_of(512, 'b'));
  EXPECT_THROW(file->sync(), SimulatedCrash);
  EXPECT_TRUE(disk.crashed());
  EXPECT_THROW(file->sync(), SimulatedCrash);
  EXPECT_THROW(disk.open("/d/a", Mode::read), SimulatedCrash);
  disk.restart();
  EXPECT_THROW(file->write(0, bytes_of(1, 'c')), SimulatedCrash) << "it was opened before";
  EXPECT_TRUE(disk.open("/d/a", Mode::read));
}

TEST(SimulatedDisk, AWriteCutShortByACrashMayHaveArrivedInPart) {
  const auto found = outcomes([](Simulated& simulated) {
    auto file = simulated.durable("/d/a", bytes_of(1024, 'a'));
    simulated.disk.crash_at(1);
    EXPECT_THROW(file->write(0, bytes_of(1024, 'b')), SimulatedCrash);
    simulated.disk.restart();
    return simulated.found("/d/a");
  });
  EXPECT_TRUE(found.contains("aa"));
  EXPECT_TRUE(found.contains("ba"));
}

TEST(SimulatedDisk, MisdirectsAWrite) {
  Simulated simulated(1);
  auto file = simulated.durable("/d/a", bytes_of(8192, 'a'));
  simulated.disk.misdirect_write_at(1);
  file->write(0, bytes_of(4096, 'b'));
  EXPECT_EQ(simulated.disk.contents("/d/a")[0], 'a');
  EXPECT_NE(simulated.found("/d/a").find('b'), std::string::npos);
  EXPECT_EQ(simulated.disk.counters().misdirected, 1U);
}

TEST(SimulatedDisk, FlipsBitsForGood) {
  Simulated simulated(1);
  simulated.durable("/d/a", Bytes{0, 0});
  simulated.disk.flip_bit("/d/a", 1, 3);
  EXPECT_EQ(simulated.disk.contents("/d/a"), (Bytes{0, 8}));
  simulated.crash();
  EXPECT_EQ(simulated.disk.contents("/d/a"), (Bytes{0, 8}));
}

TEST(SimulatedDisk, TheSameSeedGivesTheSameCrash) {
  const auto run = [](std::uint64_t seed) {
    Simulated simulated(seed);
    auto file = simulated.durable("/d/a", bytes_of(8192, 'a'));
    file->write(0, bytes_of(8192, 'b'));
    simulated.crash();
    return simulated.found("/d/a");
  };
  for (std::uint64_t seed = 0; seed < 20; ++seed) EXPECT_EQ(run(seed), run(seed));
}

using SimulatedDiskDeathTest = ::testing::Test;

TEST(SimulatedDiskDeathTest, ADirectWriteMustBeAligned) {
  Simulated simulated(1);
  auto file = simulated.disk.open("/d/a", Mode::create_direct);
  alignas(Disk::block) static std::array<std::uint8_t, 2 * Disk::block> memory{};
  const std::span<const std::uint8_t> all(memory);
  file->write(Disk::block, all);
  EXPECT_DEATH(file->write(1, all), "block");
  EXPECT_DEATH(file->write(0, all.first(100)), "block");
  EXPECT_DEATH(file->write(0, all.subspan(512, Disk::block)), "block");
}

}  // namespace
}  // namespace stead::test
