#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/journal/child.h"
#include "bench/journal/manual_journal.h"
#include "bench/journal/parts.h"
#include "bench/work_folder.h"
#include "storage/recovery.h"

namespace stead {

namespace {

constexpr std::size_t objects = 1'000;
constexpr std::size_t batch = 256;

/// By turns a one-row update and 1 KiB under one of a few keys.
class MixedWorkload final : public Workload {
 public:
  const char* name() const override { return "mixed"; }
  const std::vector<std::string>& migrations() const override { return counter_.migrations(); }
  void write(ObjectStore& store) override {
    if (++writes_ % 2 == 0) {
      kv_.write(store);
    } else {
      counter_.write(store);
    }
  }
  std::size_t changed_bytes() const override { return 0; }

 private:
  CounterWorkload counter_;
  KvWorkload kv_{32};
  std::size_t writes_ = 0;
};

struct Made {
  std::int64_t increments[objects];
};

/// Fills a journal and leaves it as a crash would: nothing is in the objects' files.
Made make_journal(const std::string& data, std::uint64_t bytes) {
  MixedWorkload workload;
  BenchClass of(Disk::system(), data, workload);
  ManualJournal journal(Disk::system(), data, {.segments = 1'000'000});
  std::vector<std::unique_ptr<BenchObject>> all;
  for (std::size_t i = 0; i < objects; ++i) all.push_back(std::make_unique<BenchObject>(of, i));
  std::uint64_t written = 0;
  std::size_t queued = 0;
  const auto commit = [&](BenchObject& object) {
    workload.write(object.store());
    object.store().commit(0);
    auto transaction = object.store().flush(object.next_sequence());
    written += journal_format::RecordHeader::size + transaction->size;
    journal.append(object, std::move(*transaction));
    if (++queued % batch != 0) return;
    journal.write();
    journal.tell();
  };
  // Every object gets both kinds of writes.
  std::size_t next = 0;
  while (written < bytes) {
    commit(*all[(next + next / objects) % objects]);
    ++next;
  }
  journal.write();
  journal.tell();
  Made made{};
  for (std::size_t i = 0; i < objects; ++i) {
    made.increments[i] = CounterWorkload::value(all[i]->store());
    all[i]->store().close();
  }
  return made;
}

std::int64_t status_bytes(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field + ":")) return std::stoll(line.substr(field.size() + 1)) * 1024;
  }
  throw std::runtime_error("the system does not tell " + field);
}

void require_content(const std::string& data, const Made& made) {
  CounterWorkload workload;
  BenchClass of(Disk::system(), data, workload);
  for (std::size_t i = 0; i < objects; i += 97) {
    BenchObject object(of, i);
    const auto found = CounterWorkload::value(object.store());
    if (found == made.increments[i]) continue;
    throw std::runtime_error("object " + std::to_string(i) + " counts " + std::to_string(found) +
                             " instead of " + std::to_string(made.increments[i]));
  }
}

}  // namespace

void measure_recovery(const JournalBenchOptions& options, Report& report) {
  report.begin("recovery", "of a journal of " + std::to_string(options.recovery_mib) +
                               " MiB with " + std::to_string(objects) +
                               " objects that have no files");
  const WorkFolder folder(options.folder);
  const auto& data = folder.path();
  const auto made =
      in_child([&] { return make_journal(data, std::uint64_t{options.recovery_mib} << 20); });
  const auto before = status_bytes("VmRSS");
  // The peak counts from here.
  std::ofstream("/proc/self/clear_refs") << "5";
  const auto start = std::chrono::steady_clock::now();
  const auto recovered = recover(Disk::system(), data, Environment::system().random);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const auto peak = status_bytes("VmHWM");
  require_content(data, made);
  const auto mib = static_cast<double>(recovered.bytes) / (1 << 20);
  report.add("time", took.count(), "s");
  report.add("journal", mib / took.count(), "MiB/s");
  report.add("records", static_cast<double>(recovered.records) / took.count(), "/s");
  report.add("records in all", static_cast<double>(recovered.records), "");
  report.add("peak memory beyond what there was", static_cast<double>(peak - before) / (1 << 20),
             "MiB");
  report.add("peak memory of the process", static_cast<double>(peak) / (1 << 20), "MiB");
}

}  // namespace stead
