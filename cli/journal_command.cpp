#include "cli/journal_command.h"

#include <cstdio>
#include <string>

#include "cli/journal_check.h"
#include "cli/journal_dump.h"
#include "cli/object_finder.h"
#include "cli/text.h"

namespace stead {

namespace {

using Command = CommandLine::Command;
using Scope = JournalReader::Scope;

void print(const std::string& line) { std::puts(line.c_str()); }

std::string place(const JournalDamage::Region& region) {
  return region.file + " at offset " + std::to_string(region.offset);
}

std::string counted(std::uint64_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

void print_check(const std::string& name, const JournalCheck& check) {
  print(name + counted(check.segments, "segment", "segments") + ", " +
        counted(check.batches, "batch", "batches") + ", " +
        counted(check.records, "record", "records") + ", " + std::to_string(check.bytes) +
        " bytes" +
        (check.first ? ", " + format_time(*check.first) + " to " + format_time(check.last) : ""));
  for (const auto& damage : check.damages) {
    print("damage   " + place(damage.region) + ": " + damage.what);
    for (const auto& object : damage.objects) print("         affects " + escape_control(object));
  }
  if (check.torn) {
    print("torn     " + place(*check.torn) +
          ": a batch that was not finished, so nothing in it was acknowledged; recovery drops it");
  }
}

int verify(Disk& disk, const std::string& data) {
  const auto history = check_journal(disk, data + "/history", Scope::all);
  if (history.segments > 0) print_check("history  ", history);
  const auto live = check_journal(disk, data + "/journal", Scope::needed);
  print_check("journal  ", live);
  const bool sound = live.damages.empty() && history.damages.empty();
  print(sound ? "sound" : "damaged");
  return sound ? 0 : 1;
}

int dump(const CommandLine& line, Disk& disk, const std::string& data) {
  if (!line.json) print(dump_columns());
  const bool history = dump_journal(line, disk, data + "/history", Scope::all);
  const bool live = dump_journal(line, disk, data + "/journal", Scope::needed);
  return history && live ? 0 : 1;
}

}  // namespace

bool is_journal_command(const CommandLine& line) {
  return line.command == Command::journal_verify || line.command == Command::journal_dump;
}

int run_journal(const CommandLine& line, const Config& config) {
  if (const auto there = check_data_directory(config.data); !there) {
    print_error(there.error().what());
    return 1;
  }
  auto& disk = Disk::system();
  return line.command == Command::journal_verify ? verify(disk, config.data)
                                                 : dump(line, disk, config.data);
}

}  // namespace stead
