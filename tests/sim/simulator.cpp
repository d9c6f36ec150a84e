#include "tests/sim/simulator.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <utility>

#include "storage/journal_reader.h"
#include "storage/object_path.h"
#include "tests/sim/allocation_faults.h"

namespace stead::test {

namespace {

using namespace std::chrono_literals;

constexpr const char* data = "/data";
constexpr const char* journal = "/data/journal/";
/// What a crash leaves there is overwritten when it is needed again.
constexpr const char* spill = "/data/spill/";
/// More rounds than anything needs that comes to an end.
constexpr int patience = 1'000;

}  // namespace

Simulator::Character Simulator::character(Seeded& seed) {
  constexpr std::array<std::uint64_t, 4> segment_bytes{20 << 10, 32 << 10, 64 << 10, 256 << 10};
  constexpr std::array<std::size_t, 3> page_memory{12 << 10, 48 << 10, 1 << 20};
  Character all;
  all.limits.segment_bytes = seed.pick(segment_bytes);
  all.limits.batch_bytes = seed.chance(50) ? 8 << 10 : 64 << 10;
  all.limits.segments = seed.between(1, 3);
  all.limits.page_memory = seed.pick(page_memory);
  all.steps = seed.between(40, 160);
  all.crashes = seed.chance(80) ? static_cast<unsigned>(seed.between(1, 5)) : 0;
  all.faults = seed.chance(50) ? static_cast<unsigned>(seed.between(1, 4)) : 0;
  all.restarts = static_cast<unsigned>(seed.below(3));
  all.damage = seed.chance(10);
  return all;
}

Simulator::Simulator(std::uint64_t seed, bool verbose, std::optional<PlannedFault> planned)
    : seed_(seed),
      character_(planned ? Character{.steps = 60} : character(seed_)),
      planned_(planned),
      workload_(seed_),
      disk_(seed_.next()),
      witness_(disk_, workload_) {
  witness_.verbose = verbose;
  for (const auto* folder : {"/data/journal", "/data/objects"}) disk_.make_folders(folder);
  disk_.sync_all(data);
}

Simulator::~Simulator() = default;

std::optional<std::string> Simulator::run() {
  if (planned_) plan_fault(*planned_);
  start();
  for (std::uint64_t i = 0; i < character_.steps && !over(); ++i) step();
  if (!over()) finish();
  return witness_.failure();
}

void Simulator::plan_fault(const PlannedFault& fault) {
  switch (fault.kind) {
    case PlannedFault::Kind::fail:
      disk_.fail_at(fault.number, DiskError::Kind::failed);
      break;
    case PlannedFault::Kind::full:
      disk_.fail_at(fault.number, DiskError::Kind::full);
      break;
    case PlannedFault::Kind::sync:
      disk_.fail_sync_at(fault.number);
      break;
    case PlannedFault::Kind::crash:
      disk_.crash_at(fault.number);
      break;
    case PlannedFault::Kind::allocation:
      allocation_faults::fail_at(fault.number);
      break;
  }
}

void Simulator::step() {
  const auto what = seed_.below(1'000);
  const auto rare = seed_.below(100);
  if (rare < character_.crashes) {
    const auto operations = seed_.chance(30) ? 1 : seed_.between(1, 40);
    tell("crash at operation " + std::to_string(operations));
    disk_.crash_at(operations);
  } else if (rare < character_.crashes + character_.faults) {
    inject_fault();
  } else if (rare < character_.crashes + character_.faults + character_.restarts) {
    seed_.chance(50) ? restart_cleanly() : die(seed_.chance(60));
    return;
  }
  if (what < 350) {
    const auto object = static_cast<std::size_t>(seed_.below(workload_.objects().size()));
    send_call(workload_.plan(object), object);
  } else if (what < 620) {
    guarded("events", [&] {
      for (auto left = seed_.between(1, 8); left > 0 && host_->run_event(); --left) {
      }
    });
  } else if (what < 790) {
    vital("write a batch", [&] { host_->write_batch(); });
  } else if (what < 860) {
    vital("sync files", [&] { host_->sync_files(); });
  } else if (what < 900) {
    auto& model = seed_.pick(witness_.models());
    guarded("checkpoint", [&] { host_->checkpoint(model); });
  } else if (what < 940) {
    auto& model = seed_.pick(witness_.models());
    guarded("evict", [&] { host_->evict(model); });
  } else if (what < 970) {
    clock_.advance(10ms);
    host_->wake_sleepers();
  } else if (!planned_) {
    disk_.heal();
    if (character_.damage && !damaged_) inject_damage();
  }
}

void Simulator::send_call(std::shared_ptr<const Plan> plan, std::size_t object) {
  const auto call = witness_.add_call({.object = object, .plan = std::move(plan)});
  tell("call " + std::to_string(call) + " of " + witness_.models()[object].name());
  host_->send(call);
}

void Simulator::inject_fault() {
  using Kind = DiskError::Kind;
  const auto number = seed_.between(1, 20);
  const auto kind = seed_.chance(50) ? Kind::full : Kind::failed;
  const auto what = seed_.below(100);
  tell("fault " + std::to_string(what) + " at " + std::to_string(number));
  if (what < 35) {
    disk_.fail_at(number, kind);
  } else if (what < 45) {
    disk_.fail_from(number, Kind::full);
  } else if (what < 55) {
    disk_.fail_writes_to(seed_.chance(50) ? ".sqlite" : ".journal", Kind::full);
  } else if (what < 65) {
    disk_.fail_writes_to(".sqlite", Kind::failed);
  } else if (what < 80) {
    disk_.fail_sync_at(seed_.between(1, 4));
  } else {
    disk_.set_capacity(disk_.used() + seed_.below(64 << 10));
  }
}

void Simulator::inject_damage() {
  damaged_ = true;
  if (seed_.chance(40)) {
    tell("a bit flips in a page that is recorded");
    witness_.damage_next_record = true;
    return;
  }
  if (seed_.chance(30)) {
    tell("the next write to the journal goes astray");
    disk_.misdirect_write_at(1, journal);
    return;
  }
  auto paths = disk_.paths();
  std::erase_if(paths, [](const std::string& path) { return !path.starts_with(journal); });
  if (paths.empty()) return;
  const auto& path = seed_.pick(paths);
  const auto contents = disk_.contents(path);
  // Damage to what was never written means nothing.
  std::vector<std::uint64_t> offsets;
  for (std::uint64_t at = 0; at < contents.size(); ++at) {
    if (contents[at] != 0) offsets.push_back(at);
  }
  if (offsets.empty()) return;
  const auto offset = seed_.pick(offsets);
  tell("a bit flips in " + path + " at " + std::to_string(offset));
  disk_.flip_bit(path, offset, static_cast<unsigned>(seed_.below(8)));
}

template <class Step>
void Simulator::guarded(const char* what, Step step) {
  try {
    step();
  } catch (const std::exception& error) {
    if (!disk_.crashed()) witness_.fail(std::string(what) + " threw: " + error.what());
  }
  if (disk_.crashed()) {
    tell(std::string("crashed in: ") + what);
    die(true);
  }
}

template <class Step>
void Simulator::vital(const char* what, Step step) {
  bool ends = false;
  guarded(what, [&] {
    try {
      step();
    } catch (const DiskError& error) {
      tell(std::string(what) + ": " + error.what());
      ends = !disk_.crashed();
    }
  });
  if (ends) {
    in_doubt_ = true;
    die(seed_.chance(40));
  }
}

void Simulator::die(bool power_fails) {
  tell(power_fails ? "the power fails" : "the process is killed");
  disk_.crash();
  if (host_) batches_ = host_->journal().batches();
  host_.reset();
  for (auto& model : witness_.models()) model.crashed();
  if (power_fails) {
    disk_.restart();
  } else {
    disk_.restart_process();
  }
  disk_.heal();
  if (!over()) start();
}

void Simulator::start() {
  if (witness_.version < Workload::versions && seed_.chance(25)) ++witness_.version;
  for (int i = 0; i < patience && !over(); ++i) {
    // After a failure it is worth a look what the next start has changed.
    const bool looks = std::exchange(in_doubt_, false) && seed_.chance(70);
    if (i < 3 && (looks || seed_.below(100) < character_.crashes * 12)) {
      disk_.crash_at(seed_.between(1, seed_.chance(60) ? 14 : 40));
    }
    if (i < 3 && seed_.below(100) < character_.faults * 4) {
      disk_.fail_at(seed_.between(1, 30),
                    seed_.chance(50) ? DiskError::Kind::full : DiskError::Kind::failed);
    }
    if (try_to_start()) return;
    if (disk_.crashed() || seed_.chance(50)) {
      disk_.crash();
      disk_.restart();
    }
    disk_.heal();
  }
}

bool Simulator::try_to_start() {
  try {
    host_ = std::make_unique<SimulatedHost>(disk_, seed_, clock_, witness_, character_.limits);
    const auto& report = host_->recovered();
    tell("started: " + std::to_string(report.batches) + " batches, " +
         std::to_string(report.records) + " records, " + std::to_string(report.applied) +
         " applied");
    judge_recovery();
    return !disk_.crashed();
  } catch (const DiskError& error) {
    tell(std::string("cannot start: ") + error.what());
  } catch (const StorageError& error) {
    tell(std::string("refuses to start: ") + error.what());
    refused_ = damaged_;
    if (!damaged_) witness_.fail(std::string("recovery refuses: ") + error.what());
  }
  return false;
}

void Simulator::judge_recovery() {
  const auto found = host_->recovered().position.next_batch - 1;
  if (found >= batches_) return;
  // A last batch that was damaged looks like one that was never finished: what is in doubt then is
  // lost, and a file that a checkpoint was writing may be torn.
  if (damaged_ && found + 1 == batches_) {
    refused_ = true;
  } else {
    witness_.fail("recovery found " + std::to_string(found) + " of " + std::to_string(batches_) +
                  " batches");
  }
}

void Simulator::settle() {
  for (int i = 0; i < patience && !over(); ++i) {
    bool busy = false;
    guarded("events", [&] {
      while (host_->run_event()) busy = true;
    });
    vital("write a batch", [&] { busy = host_->write_batch() || busy; });
    if (host_->has_sleepers()) {
      clock_.advance(1s);
      host_->wake_sleepers();
      busy = true;
    }
    if (!busy) return;
  }
  if (!over()) witness_.fail("there is no end of work");
}

void Simulator::restart_cleanly() {
  tell("a clean restart");
  bool ended = false;
  vital("shut down", [&] {
    host_->shut_down();
    ended = true;
  });
  if (!ended || disk_.crashed() || over()) return;
  host_.reset();
  for (auto& model : witness_.models()) model.crashed();
  start();
}

void Simulator::finish() {
  tell("the end");
  disk_.heal();
  allocations_ = allocation_faults::count();
  allocation_faults::fail_at(0);
  settle();
  if (over()) return;
  restart_cleanly();
  disk_.heal();
  std::vector<std::size_t> calls;
  for (std::size_t i = 0; i < witness_.models().size() && !over(); ++i) {
    calls.push_back(witness_.add_call({.object = i, .plan = Workload::check_everything()}));
    host_->send(calls.back());
  }
  settle();
  for (const auto call : calls) {
    if (!witness_.call(call).succeeded) {
      witness_.fail(witness_.models()[witness_.call(call).object].name() + " does not answer");
    }
  }
  if (over()) return;
  vital("shut down", [&] { host_->shut_down(); });
  if (over()) return;
  host_.reset();
  check_files();
}

void Simulator::check_files() {
  std::set<const ObjectModel*> seen;
  for (const auto& path : disk_.paths()) {
    if (!path.starts_with(journal) && !path.starts_with(spill)) check_file(path, seen);
  }
  for (auto& model : witness_.models()) {
    if (seen.contains(&model)) continue;
    // Whether a commit that left it empty is there does not show.
    ObjectModel empty(model.object());
    if (model.oracle().stored() &&
        model.expected(witness_.version) != empty.expected(witness_.version)) {
      witness_.fail(model.name() + " has no file");
    }
  }
  JournalReader reader(disk_, std::string(data) + "/journal");
  while (auto batch = reader.next()) {
    if (batch->records.next_record()) witness_.fail("the journal has records after a clean end");
  }
}

void Simulator::check_file(const std::string& path, std::set<const ObjectModel*>& seen) {
  for (auto& model : witness_.models()) {
    if (path != SimulatedHost::path_of(model)) continue;
    seen.insert(&model);
    if (model.oracle().commits() == 0) witness_.fail(model.name() + " has a file, but never wrote");
    const auto found = dump_file(disk_.contents(path));
    witness_.check(model.compare(found, witness_.version));
    return;
  }
  witness_.fail("a file is left: " + path);
}

}  // namespace stead::test
