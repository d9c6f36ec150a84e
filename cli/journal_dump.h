#pragma once

#include <string>

#include "cli/command_line.h"
#include "storage/journal_reader.h"

namespace stead {

/// Prints the records in a folder of segments, in order. What cannot be read is told on stderr and
/// left out; then it gives false. Throws DiskError.
bool dump_journal(const CommandLine& line, Disk& disk, const std::string& folder,
                  JournalReader::Scope scope);

/// The names of the columns that `dump_journal` prints without `--json`.
std::string dump_columns();

}  // namespace stead
