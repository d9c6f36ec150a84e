#include <memory>
#include <string>

#include "bench/journal/manual_journal.h"
#include "bench/journal/metered_disk.h"
#include "bench/journal/parts.h"
#include "bench/work_folder.h"

namespace stead {

namespace {

/// Commits that come together.
constexpr std::size_t batch = 64;

struct Written {
  std::size_t changed = 0;
  /// Records without the padding of batches.
  std::size_t records = 0;
  std::size_t journal = 0;
};

Written write(const JournalBenchOptions& options, Workload& workload, bool undoable) {
  const WorkFolder folder(options.folder);
  MeteredDisk disk(folder.path() + "/journal");
  BenchClass of(disk, folder.path(), workload);
  of.undoable = undoable;
  ManualJournal journal(disk, folder.path());
  BenchObject object(of, 1);
  Written sum;
  std::size_t queued = 0;
  const auto settle = [&] {
    journal.write();
    journal.tell();
    journal.checkpoint_if_due(object);
    queued = 0;
  };
  const auto commit = [&] {
    object.store().commit(0);
    auto transaction = object.store().flush(object.next_sequence());
    sum.records +=
        journal_format::RecordHeader::size + transaction->class_name.size() + transaction->size;
    journal.append(object, std::move(*transaction));
    if (++queued == batch) settle();
  };
  for (std::size_t i = 0; i < workload.preparations(); ++i) {
    workload.prepare(object.store());
    commit();
  }
  // The object exists, and its file has all; what follows is measured.
  workload.write(object.store());
  commit();
  settle();
  object.store().checkpoint();
  sum = {};
  disk.meter() = {};
  for (std::size_t i = 0; i < options.commits; ++i) {
    workload.write(object.store());
    sum.changed += workload.changed_bytes();
    commit();
  }
  settle();
  sum.journal = disk.meter().written;
  return sum;
}

void measure(const JournalBenchOptions& options, Workload& workload, Report& report) {
  for (const bool undoable : {false, true}) {
    const auto sum = write(options, workload, undoable);
    const auto changed = static_cast<double>(sum.changed);
    const auto where = std::string(workload.name()) + (undoable ? ", with history" : "");
    report.add(where + ": records", static_cast<double>(sum.records) / changed, "x");
    report.add(where + ": all that is written", static_cast<double>(sum.journal) / changed, "x");
  }
}

}  // namespace

void measure_amplification(const JournalBenchOptions& options, Report& report) {
  report.begin("amplification", "bytes in the journal for each byte changed, batches of " +
                                    std::to_string(batch) + "; all: with padding and zeros ahead");
  CounterWorkload counter;
  AppendWorkload append;
  // 10 MiB.
  KvWorkload kv(options.commits >= 10'240 ? 10'240 : options.commits);
  measure(options, counter, report);
  measure(options, append, report);
  measure(options, kv, report);
}

}  // namespace stead
