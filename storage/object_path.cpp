#include "storage/object_path.h"

#include <algorithm>

namespace stead {

namespace {

constexpr std::string_view extension = ".sqlite";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

bool is_class_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

std::string class_path(std::string_view data_dir, std::string_view class_name) {
  return std::string(data_dir) + "/objects/" + std::string(class_name);
}

std::string object_path(std::string_view data_dir, std::string_view class_name,
                        const ObjectId& id) {
  const auto hex = id.to_string();
  return class_path(data_dir, class_name) + "/" + hex.substr(0, 2) + "/" + hex.substr(2, 2) + "/" +
         hex + std::string(extension);
}

std::optional<ObjectId> id_of_file(std::string_view file_name) {
  if (!file_name.ends_with(extension)) return std::nullopt;
  return ObjectId::parse(file_name.substr(0, file_name.size() - extension.size()));
}

}  // namespace stead
