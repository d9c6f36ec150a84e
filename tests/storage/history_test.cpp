#include <gmock/gmock.h>

#include <fstream>
#include <random>

#include "storage/bookmark.h"
#include "storage/history_keeper.h"
#include "tests/storage/history_fixture.h"

namespace stead::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Bookmark, SortsLikeItsNumber) {
  EXPECT_EQ(to_bookmark(0x1'0000002a), "00000001-0000002a");
  EXPECT_EQ(parse_bookmark("00000001-0000002a"), 0x1'0000002a);
  EXPECT_LT(to_bookmark(0xffff'ffff), to_bookmark(0x1'0000'0000));
  for (const auto* text : {"", "-15m", "00000001-0000002", "00000001+0000002a", "00000001-0000002g",
                           "2024-05-01T12:30:00Z", "0000000100000002a"}) {
    EXPECT_EQ(parse_bookmark(text), std::nullopt) << text;
  }
}

TEST_F(HistoryTest, GoesBackToEveryCommit) {
  const auto born = run("INSERT INTO t VALUES(1, 'one')");
  run("INSERT INTO t VALUES(2, 'two')");
  run("UPDATE t SET v = 'deux' WHERE id = 2");
  run("CREATE TABLE u(x)");
  run("DELETE FROM t WHERE id = 1");
  expect_all_states();
  EXPECT_THAT(error_of_past(born - 1), HasSubstr("did not exist at bookmark"));
}

TEST_F(HistoryTest, GoesBackOverGrowthAndShrinking) {
  for (int i = 0; i < 40; ++i) run("INSERT INTO t(v) VALUES(randomblob(9000))");
  evict();  // so that the next commit gives free pages back
  run("DELETE FROM t WHERE id > 3");
  const auto small = std::filesystem::file_size(path());
  evict();
  run("UPDATE t SET v = 'x' WHERE id = 1");
  evict();
  EXPECT_LT(std::filesystem::file_size(path()), small / 2);
  for (int i = 0; i < 30; ++i) run("INSERT INTO t(v) VALUES(randomblob(9000))");
  expect_all_states();
}

TEST_F(HistoryTest, GoesBackOverDeleteAll) {
  run("INSERT INTO t VALUES(1, randomblob(100000))");
  run("INSERT INTO t VALUES(2, 'two')");
  store_->sql().exec("INSERT INTO t VALUES(3, 'never committed')");
  delete_all();
  run("INSERT INTO t VALUES(7, 'a new life')");
  evict();
  delete_all();
  expect_all_states();
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(HistoryTest, OfWhatWasNeverMadeDurableIsNotKept) {
  durability_ = Durability::none;
  store_.reset();
  open();
  store_->sql().exec("INSERT INTO t VALUES(1, 'first')");
  EXPECT_FALSE(store_->commit(sequence_ + 1));
  store_->request_flush();
  run("INSERT INTO t VALUES(2, 'second')");
  store_->sql().exec("UPDATE t SET v = 'lost'");
  EXPECT_FALSE(store_->commit(sequence_ + 1));
  delete_all();
  expect_all_states();
}

TEST_F(HistoryTest, OfManyCommitsInOneRecord) {
  durability_ = Durability::none;
  store_.reset();
  open();
  for (int round = 0; round < 6; ++round) {
    for (int i = 0; i < 20; ++i) {
      store_->sql().exec("INSERT INTO t(v) VALUES(randomblob(700))");
      store_->commit(sequence_ + 1);
      store_->sql().exec("UPDATE t SET v = 'short' WHERE id = ?", round * 20 + i / 2);
      store_->commit(sequence_ + 1);
    }
    if (round == 3) store_->sql().exec("DELETE FROM t WHERE id > 10");
    store_->request_flush();
    run("INSERT INTO t(v) VALUES('end')");
    if (round % 2 == 1) evict();
  }
  expect_all_states();
}

TEST_F(HistoryTest, SurvivesCrashes) {
  for (int life = 0; life < 4; ++life) {
    for (int i = 0; i < 5; ++i) run("INSERT INTO t(v) VALUES(randomblob(3000))");
    if (life % 2 == 0) checkpoint();
    run("UPDATE t SET v = 'u' WHERE id = 2");
    crash();
  }
  expect_all_states();
}

TEST_F(HistoryTest, GoesBackOverManySegments) {
  segment_bytes_ = 64 << 10;
  crash();
  for (int i = 0; i < 60; ++i) {
    run("INSERT INTO t(v) VALUES(randomblob(6000))");
    if (i % 10 == 9) checkpoint();
  }
  expect_all_states();
  EXPECT_GT(Disk::system().list(history()).size(), 4U);
}

/// Whatever an object may do, in any order.
TEST_F(HistoryTest, GoesBackOverAnything) {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    durability_ = seed % 3 == 0 ? Durability::none : Durability::journal;
    segment_bytes_ = seed % 2 == 0 ? 128 << 10 : 64 << 20;
    crash();
    // Whatever was before must stay as it was: the last of it stands for all.
    if (!states_.empty()) states_.erase(states_.begin(), std::prev(states_.end()));
    for (int step = 0; step < 60; ++step) {
      const auto id = std::to_string(random() % 40);
      const auto size = std::to_string(random() % 4 == 0 ? random() % 60'000 : random() % 300);
      switch (random() % 16) {
        case 0:
          evict();
          break;
        case 1:
          if (random() % 3 == 0) crash();
          break;
        case 2:
          if (random() % 6 == 0) delete_all();
          break;
        case 3:
          if (random() % 4 == 0) run("DELETE FROM t");
          break;
        case 4:
          run("DELETE FROM t WHERE id > " + id);
          break;
        case 5:
          store_->request_flush();
          break;
        case 6:
        case 7:
        case 8:
          run("UPDATE t SET v = " + size + " WHERE id = " + id);
          break;
        default:
          run("INSERT OR REPLACE INTO t VALUES(" + id + ", randomblob(" + size + "))");
      }
    }
    expect_all_states();
    if (HasFailure()) break;
  }
}

/// A page that comes back where one like it was cut off has no former image in the file.
TEST_F(HistoryTest, PagesThatComeBackSurviveACrash) {
  const auto insert = [&](int rows) {
    for (int i = 0; i < rows; ++i) {
      store_->sql().exec("INSERT OR REPLACE INTO t VALUES(?, zeroblob(8000))", i);
    }
  };
  insert(1'000);
  commit();
  evict();
  // More than the cache holds, so that pages reach the log before they are cut off.
  store_->sql().exec("UPDATE t SET v = zeroblob(8000)");
  run("DELETE FROM t WHERE id > 5");
  insert(1'000);
  commit();
  crash();
  expect_all_states();
}

TEST_F(HistoryTest, FindsTheCommitOfATime) {
  segment_bytes_ = 32 << 10;
  crash();
  for (int i = 0; i < 20; ++i) {
    run("INSERT INTO t(v) VALUES(randomblob(6000))");
    if (i % 7 == 6) checkpoint();
  }
  History past_times(Disk::system(), data());
  const auto start = past_times.start();
  ASSERT_TRUE(start);
  for (const auto& [number, time] : times_) {
    EXPECT_EQ(past_times.number_at(time), number);
    EXPECT_EQ(past_times.number_at(time + std::chrono::milliseconds(999)), number);
  }
  EXPECT_EQ(past_times.number_at(start->time), start->number);
  EXPECT_THAT(
      thrown<RangeError>([&] { past_times.number_at(start->time - std::chrono::milliseconds(1)); }),
      AllOf(HasSubstr("history does not go back to 2023-11-14T22:13:"),
            HasSubstr("with bookmark " + to_bookmark(start->number))));
}

TEST_F(HistoryTest, BeginsWhereItWasSwitchedOn) {
  undoable_ = archives_ = false;
  crash();
  run("INSERT INTO t VALUES(1, 'kept from before')");
  const auto before = run("INSERT INTO t VALUES(2, 'not to be undone')");
  crash();
  undoable_ = archives_ = true;
  crash();
  const auto first = run("INSERT INTO t VALUES(3, 'to be undone')");
  run("INSERT INTO t VALUES(4, 'too')");
  evict();
  EXPECT_EQ(past(first), states_[first]);
  EXPECT_EQ(past(first - 1), states_[before]);
  EXPECT_THAT(error_of_past(before - 1), HasSubstr("history does not go back to bookmark"));
  History history_now(Disk::system(), data());
  EXPECT_NO_THROW(history_now.check(id_, true, first - 1));
  EXPECT_THROW(history_now.check(id_, true, before - 1), RangeError);
}

TEST_F(HistoryTest, OfRecordsWithoutFormerPagesIsBounded) {
  undoable_ = false;
  store_.reset();
  open();
  run("INSERT INTO t VALUES(1, 1)");
  const auto plain = run("INSERT INTO t VALUES(2, 2)");
  evict();
  store_.reset();
  undoable_ = true;
  open();
  run("INSERT INTO t VALUES(3, 3)");
  evict();
  EXPECT_EQ(past(plain), states_[plain]);
  const auto text = error_of_past(plain - 1);
  EXPECT_THAT(text, HasSubstr("for this object"));
  EXPECT_THAT(text, HasSubstr("with bookmark " + to_bookmark(plain)));
}

TEST_F(HistoryTest, ChecksAsRewindDoes) {
  const auto born = run("INSERT INTO t VALUES(1, 1)");
  const auto removed = delete_all();
  const auto reborn = run("INSERT INTO t VALUES(1, 1)");
  History history_now(Disk::system(), data());
  EXPECT_NO_THROW(history_now.check(id_, true, reborn));
  EXPECT_THROW(history_now.check(id_, true, removed), RangeError);
  EXPECT_NO_THROW(history_now.check(id_, true, born));
  EXPECT_THROW(history_now.check(id_, true, born - 1), RangeError);
  EXPECT_THROW(history_now.check(ObjectId(), false, reborn), RangeError);
}

/// Changes one byte of a file.
void damage(const std::string& path, std::uint64_t offset) {
  const auto file = Disk::system().open(path, Disk::Mode::write);
  std::array<std::uint8_t, 1> byte{};
  file->read(offset, byte);
  byte[0] ^= 0x40;
  file->write(offset, byte);
}

TEST_F(HistoryTest, NeverGivesAWrongPage) {
  const auto first = run("INSERT INTO t VALUES(1, randomblob(20000))");
  run("UPDATE t SET v = randomblob(20000)");
  run("UPDATE t SET v = 'x'");
  evict();
  const auto segment = Disk::system().list(data() + "/journal").at(0);
  const auto segment_path = data() + "/journal/" + segment;
  int refused = 0;
  for (std::uint64_t at = 4096; at < 120'000; at += 1'111) {
    damage(segment_path, at);
    try {
      EXPECT_EQ(past(first), states_[first]) << at;
    } catch (const Error&) {
      ++refused;
    }
    damage(segment_path, at);
  }
  EXPECT_GT(refused, 10);
  EXPECT_EQ(past(first), states_[first]);
}

TEST_F(HistoryTest, NoticesAFileThatAnotherProgramChanged) {
  const auto first = run("INSERT INTO t VALUES(1, 'one')");
  run("INSERT INTO t VALUES(2, 'two')");
  checkpoint();
  store_.reset();
  ASSERT_TRUE(run_offline_query(path(), "UPDATE t SET v = 'else'", OfflineFile::Access::write));
  EXPECT_THAT(error_of_past(first), AllOf(HasSubstr("cannot be undone: page"), HasSubstr(path())));
  open();
}

TEST_F(HistoryTest, NoticesAMissingSegment) {
  segment_bytes_ = 32 << 10;
  crash();
  const auto first = run("INSERT INTO t VALUES(1, 'one')");
  for (int i = 0; i < 20; ++i) {
    run("INSERT INTO t(v) VALUES(randomblob(6000))");
    checkpoint();
  }
  evict();
  EXPECT_EQ(past(first), states_[first]);
  const auto names = Disk::system().list(history());
  Disk::system().remove(history() + "/" + names.at(names.size() / 2));
  EXPECT_THAT(error_of_past(first), HasSubstr("history does not go back to bookmark"));
}

TEST_F(HistoryTest, ADraftIsACommitThatCanBeUndone) {
  const auto first = run("INSERT INTO t VALUES(1, randomblob(30000))");
  run("UPDATE t SET v = 'x'");
  const auto last = run("INSERT INTO t VALUES(2, randomblob(50000))");
  evict();
  auto rewound = draft();
  History(Disk::system(), data()).rewind(rewound, id_, first);
  auto transaction = rewound.transaction();
  ASSERT_TRUE(transaction);
  store_.reset();
  open();
  number_ = journal_->append({id_, ++sequence_, sequence_ - 1}, std::move(*transaction), *this);
  write();
  // It is durable before the file has it: a crash at this moment changes nothing.
  crash();
  EXPECT_EQ(dump_of(path()), states_[first]);
  rewound.apply();
  EXPECT_EQ(dump_of(path()), states_[first]);
  EXPECT_EQ(past(last), states_[last]);
  EXPECT_EQ(past(number_), states_[first]);
}

TEST_F(HistoryTest, ADraftOfAnotherDatabase) {
  run("INSERT INTO t VALUES(1, randomblob(30000))");
  evict();
  auto copy = draft();
  copy.remove();
  EXPECT_EQ(copy.transaction()->kind, Transaction::Kind::remove);
  copy.become(path());
  EXPECT_FALSE(copy.transaction());
  FileDraft other(
      Disk::system(),
      {.path = data() + "/other", .class_name = "Thing", .scratch_path = data() + "/spill/other"});
  EXPECT_FALSE(other.exists());
  EXPECT_FALSE(other.transaction());
  other.become(path());
  EXPECT_EQ(other.transaction()->kind, Transaction::Kind::create);
  other.apply();
  EXPECT_EQ(dump_of(data() + "/other"), dump_of(path()));
}

TEST_F(HistoryTest, IsKeptForATimeAndUpToASize) {
  segment_bytes_ = 32 << 10;
  crash();
  for (int i = 0; i < 20; ++i) {
    run("INSERT INTO t(v) VALUES(randomblob(6000))");
    checkpoint();
  }
  const auto names = Disk::system().list(history());
  ASSERT_GT(names.size(), 4U);
  const auto keep_all = std::chrono::hours(1);
  HistoryKeeper(Disk::system(), clock_, history(), {.keep = keep_all}).prune();
  EXPECT_EQ(Disk::system().list(history()), names);

  const auto oldest = History(Disk::system(), data()).start()->time;
  HistoryKeeper(Disk::system(), clock_, history(), {.keep = std::chrono::seconds(11)}).prune();
  const auto young = Disk::system().list(history());
  EXPECT_LT(young.size(), names.size());
  EXPECT_EQ(young.back(), names.back());
  const auto start = History(Disk::system(), data()).start()->time;
  EXPECT_GT(start, oldest);
  EXPECT_LE(start, clock_.wall_now() - std::chrono::seconds(11));

  HistoryKeeper small(Disk::system(), clock_, history(), {.keep = keep_all, .bytes = 100 << 10});
  small.prune();
  EXPECT_LT(Disk::system().list(history()).size(), young.size());
  EXPECT_EQ(Disk::system().list(history()).back(), names.back());
}

}  // namespace
}  // namespace stead::test
