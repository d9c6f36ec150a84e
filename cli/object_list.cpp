#include "cli/object_list.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/object_finder.h"
#include "cli/text.h"
#include "storage/object_index.h"

namespace stead {

namespace {

constexpr std::size_t page_size = 1'000;

std::string json_line(const ObjectEntry& entry) {
  nlohmann::ordered_json json;
  json["class"] = entry.class_name;
  json["name"] = entry.name ? nlohmann::ordered_json(*entry.name) : nullptr;
  json["id"] = entry.id.to_string();
  json["size"] = entry.size;
  json["created"] = format_time(entry.created);
  json["last_used"] = format_time(entry.last_used);
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string text_line(const ObjectEntry& entry) {
  return entry.id.to_string() + "  " + format_time(entry.last_used) + "  " +
         std::to_string(entry.size) + "\t" + entry.class_name + "\t" +
         (entry.name ? escape_control(*entry.name) : std::string("(unique id)"));
}

}  // namespace

Result<void> list_objects(const CommandLine& line, const std::string& data_directory, bool locked) {
  if (const auto there = check_data_directory(data_directory); !there) return there.error();
  const auto index =
      locked ? ObjectIndex::open(data_directory) : ObjectIndex::open_to_read(data_directory);
  if (!index) {
    return Error(ErrorCode::storage, "cannot read " + data_directory + "/directory.sqlite");
  }
  ObjectIndex::Query query{.class_name = line.class_name, .name_prefix = line.prefix};
  for (auto left = line.limit; left > 0;) {
    query.limit = std::min(left, page_size);
    const auto page = index->list(query);
    for (const auto& entry : page) {
      std::puts((line.json ? json_line(entry) : text_line(entry)).c_str());
    }
    if (page.size() < query.limit) break;
    query.after = page.back().id;
    left -= page.size();
  }
  if (locked) index->close();
  return {};
}

}  // namespace stead
