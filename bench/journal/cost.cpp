#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "bench/journal/manual_journal.h"
#include "bench/journal/metered_disk.h"
#include "bench/journal/parts.h"
#include "bench/work_folder.h"
#include "storage/database.h"
#include "storage/object_file.h"
#include "storage/page_codec.h"
#include "storage/sql.h"

namespace stead {

namespace {

/// Adds up the time of one kind of work.
class Stopwatch {
 public:
  template <class Work>
  auto time(Work work) {
    const Lap lap(*this);
    return work();
  }
  double total_us() const { return std::chrono::duration<double, std::micro>(total_).count(); }

 private:
  struct Lap {
    explicit Lap(Stopwatch& of) : watch(of) {}
    ~Lap() { watch.total_ += std::chrono::steady_clock::now() - start; }
    Stopwatch& watch;
    const std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  };
  std::chrono::nanoseconds total_{};
};

double us(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

void measure_batches(const JournalBenchOptions& options, std::size_t objects, std::size_t batch,
                     Report& report) {
  const WorkFolder folder(options.folder);
  MeteredDisk disk(folder.path() + "/journal");
  CounterWorkload workload;
  BenchClass of(disk, folder.path(), workload);
  ManualJournal journal(disk, folder.path());
  std::vector<std::unique_ptr<BenchObject>> all;
  for (std::size_t i = 0; i < objects; ++i) all.push_back(std::make_unique<BenchObject>(of, i));
  Stopwatch sqlite, capture, append, write, tell;
  const auto commit = [&](BenchObject& object) {
    sqlite.time([&] {
      workload.write(object.store());
      object.store().commit(0);
    });
    auto transaction = capture.time([&] { return object.store().flush(object.next_sequence()); });
    append.time([&] { journal.append(object, std::move(*transaction)); });
  };
  const auto settle = [&] {
    write.time([&] { journal.write(); });
    tell.time([&] { journal.tell(); });
  };
  for (auto& object : all) commit(*object);
  settle();
  sqlite = capture = append = write = tell = {};
  disk.meter() = {};
  std::mt19937_64 random(1);
  const auto batches = options.commits / (batch == 1 ? 10 : 1) / batch + 1;
  for (std::size_t i = 0; i < batches; ++i) {
    for (std::size_t j = 0; j < batch; ++j) {
      auto& object = *all[random() % all.size()];
      if (!object.store().pending()) journal.checkpoint_if_due(object);
      commit(object);
    }
    settle();
  }
  const auto& meter = disk.meter();
  const auto commits = static_cast<double>(batches * batch);
  const auto where =
      std::to_string(objects) + " objects, batches of " + std::to_string(batch) + ": ";
  report.add(where + "SQLite: statement and commit", sqlite.total_us() / commits, "us");
  report.add(where + "capture: pages compared and encoded", capture.total_us() / commits, "us");
  report.add(where + "append to the queue", append.total_us() / commits, "us");
  report.add(where + "journal: batch put together, outcomes",
             (write.total_us() - us(meter.write_time) - us(meter.sync_time)) / commits, "us");
  report.add(where + "write", us(meter.write_time) / commits, "us");
  report.add(where + "sync", us(meter.sync_time) / commits, "us");
  report.add(where + "object told", tell.total_us() / commits, "us");
}

Bytes content_of(ObjectFile& file) {
  Bytes content(file.size());
  for (std::size_t at = 0; at < content.size(); at += Disk::block) {
    file.read(at, std::span(content).subspan(at, Disk::block));
  }
  return content;
}

/// The page codec alone, on the pages that the same statement changes.
void measure_codec(const JournalBenchOptions& options, Report& report) {
  const WorkFolder folder(options.folder);
  CounterWorkload workload;
  EmptyDatabase empty("Bench", workload.migrations());
  ObjectFile file({.disk = Disk::system(), .path = folder.path() + "/object.sqlite"});
  file.open_image(empty.image());
  Database database;
  database.open(file);
  Sql sql(database);
  Stopwatch patch, checksum, image;
  std::uint64_t pages = 0;
  std::uint64_t patched = 0;
  Bytes out;
  Bytes before;
  for (std::size_t i = 1; i <= options.commits / 10; ++i) {
    sql.one<std::int64_t>(CounterWorkload::update, 1);
    database.commit();
    file.capture(i);
    file.durable(i);
    Bytes after = content_of(file);
    for (std::size_t at = 0; at < before.size(); at += Disk::block) {
      const auto former = std::span(before).subspan(at, Disk::block);
      const auto page = std::span(after).subspan(at, Disk::block);
      if (std::equal(former.begin(), former.end(), page.begin())) continue;
      out.clear();
      ++pages;
      checksum.time([&] { return page_checksum(page); });
      patched += patch.time([&] { return append_patch(out, former, page, 512); });
      image.time([&] { return append_image(out, page); });
    }
    before = std::move(after);
  }
  const auto count = static_cast<double>(pages);
  report.add("codec: pages a commit", count / static_cast<double>(options.commits / 10), "");
  report.add("codec: pages that become a patch", static_cast<double>(patched) / count * 100, "%");
  report.add("codec: patch of a page", patch.total_us() / count, "us");
  report.add("codec: checksum of a page", checksum.total_us() / count, "us");
  report.add("codec: LZ4 image of a page, for comparison", image.total_us() / count, "us");
  database.close();
}

}  // namespace

void measure_cost(const JournalBenchOptions& options, Report& report) {
  report.begin("cost", "of one commit of a one-row transaction, on one thread");
  for (const auto objects : {std::size_t{1}, options.many_objects}) {
    for (const std::size_t batch : {1, 64, 256}) measure_batches(options, objects, batch, report);
  }
  measure_codec(options, report);
}

}  // namespace stead
