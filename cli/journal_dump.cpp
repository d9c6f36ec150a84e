#include "cli/journal_dump.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/text.h"

namespace stead {

namespace {

using Json = nlohmann::ordered_json;
using Kind = Transaction::Kind;

const char* word(Kind kind) {
  switch (kind) {
    case Kind::commit:
      return "commit";
    case Kind::create:
      return "create";
    case Kind::remove:
      return "remove";
    case Kind::mark:
      return "mark";
  }
  return "?";
}

const char* word(PageEncoding encoding) {
  switch (encoding) {
    case PageEncoding::raw:
      return "raw";
    case PageEncoding::lz4:
      return "lz4";
    case PageEncoding::patch:
      return "patch";
  }
  return "?";
}

Json json_of(const JournalReader::Batch& batch, const BatchReader::Record& record) {
  const auto& header = record.header;
  Json json;
  json["number"] = header.number;
  json["previous"] = header.previous;
  json["time"] = format_time(batch.header.written);
  json["kind"] = word(header.kind);
  json["id"] = header.object.to_string();
  json["class"] = record.class_name;
  json["page_size"] = header.page_size;
  json["pages_before"] = header.pages_before;
  json["pages"] = header.pages;
  json["entries"] = header.entries;
  json["bytes"] = header.body_size;
  json["batch"] = batch.header.number;
  json["file"] = batch.path;
  json["offset"] = record.offset;
  return json;
}

Json json_of(const journal_format::PageEntry& entry) {
  Json json;
  json["page"] = entry.page;
  json["encoding"] = word(entry.encoding);
  json["former"] = entry.former;
  json["bytes"] = entry.length;
  json["checksum"] = entry.checksum;
  return json;
}

void print(const std::string& line) { std::puts(line.c_str()); }

void print_json(const CommandLine& line, JournalReader::Batch& batch,
                const BatchReader::Record& record) {
  auto json = json_of(batch, record);
  if (line.pages) {
    auto& entries = json["images"] = Json::array();
    while (const auto entry = batch.records.next_entry()) entries.push_back(json_of(entry->header));
  }
  print(json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void print_text(const CommandLine& line, JournalReader::Batch& batch,
                const BatchReader::Record& record) {
  const auto& header = record.header;
  print(std::to_string(header.number) + "\t" + std::to_string(header.previous) + "\t" +
        format_time(batch.header.written) + "\t" + word(header.kind) + "\t" +
        header.object.to_string() + "\t" + escape_control(record.class_name) + "\t" +
        std::to_string(header.pages) + "\t" + std::to_string(header.body_size));
  if (!line.pages) return;
  while (const auto entry = batch.records.next_entry()) {
    const auto& page = entry->header;
    print("\tpage " + std::to_string(page.page) + "\t" + word(page.encoding) + "\t" +
          std::to_string(page.length) + " bytes" + (page.former ? "\tformer" : ""));
  }
}

}  // namespace

std::string dump_columns() { return "number\tprevious\ttime\tkind\tid\tclass\tpages\tbytes"; }

bool dump_journal(const CommandLine& line, Disk& disk, const std::string& folder,
                  JournalReader::Scope scope) {
  const auto wanted = ObjectId::parse(line.object);
  JournalReader reader(disk, folder, scope);
  bool whole = true;
  for (bool more = true; more;) {
    try {
      auto batch = reader.next();
      more = batch.has_value();
      while (batch) {
        const auto record = batch->records.next_record();
        if (!record) break;
        if (wanted && record->header.object != *wanted) continue;
        (line.json ? print_json : print_text)(line, *batch, *record);
      }
    } catch (const JournalDamage& damage) {
      print_error(damage.what());
      whole = false;
    }
  }
  return whole;
}

}  // namespace stead
