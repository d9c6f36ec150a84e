#include "cli/config_file.h"

#include <toml++/toml.h>
#include <algorithm>

#include <cerrno>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>

#include "cli/settings.h"
#include "project/project_keys.h"

namespace stead {

namespace {

std::string type_name(const toml::node& node) {
  std::ostringstream text;
  text << node.type();
  return text.str();
}

/// A node as the text that `Setting::set` reads. Nothing if its type is not one that suits.
std::optional<std::string> text_of(const toml::node& node, Setting::Kind kind) {
  const bool takes_text = kind != Setting::Kind::count;
  const bool takes_number = kind == Setting::Kind::count || kind == Setting::Kind::bytes;
  if (const auto* text = node.as_string(); text != nullptr && takes_text) return text->get();
  if (const auto* number = node.as_integer(); number != nullptr && takes_number) {
    return std::to_string(number->get());
  }
  return std::nullopt;
}

std::string_view expected(Setting::Kind kind) {
  switch (kind) {
    case Setting::Kind::text:
      return "a string";
    case Setting::Kind::count:
      return "an integer";
    case Setting::Kind::bytes:
      return "an integer or a string as \"32MiB\"";
    case Setting::Kind::duration:
      return "a string as \"10s\"";
  }
  return "";
}

/// A table whose keys are the user's own, and texts.
bool has_own_keys(const std::string& name) { return name == "vars" || name == "durability"; }

bool is_section(const std::string& name) {
  return has_own_keys(name) || std::ranges::any_of(settings(), [&](const Setting& setting) {
           return setting.name.starts_with(name + ".");
         });
}

/// Walks one file. Thread: one. Owner: the call of `read_config_text`.
class Reader {
 public:
  Reader(const std::string& path, Config& config) : path_(path), config_(config) {}

  Result<void> read_file(const toml::table& file) {
    // The file may be a project's as well; that part is for `load_project`.
    const bool is_project = file.contains("main") || file.contains("project");
    toml::table settings_only = file;
    for (const auto& [key, node] : file) {
      const std::string_view name = key.str();
      const bool is_projects_key = is_project && find_project_key(name);
      if (is_projects_key || name == "project") settings_only.erase(name);
    }
    return read_table(settings_only, "");
  }

  Result<void> read_table(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const auto name = prefix + std::string(key.str());
      if (const auto done = read_node(name, key.source().begin.line, node); !done) return done;
    }
    return {};
  }

  Error at(toml::source_index line, const std::string& message) const {
    return Error(ErrorCode::type, path_ + ":" + std::to_string(line) + ": " + message);
  }

 private:
  Result<void> read_node(const std::string& name, toml::source_index line, const toml::node& node) {
    if (is_section(name)) {
      if (const auto* table = node.as_table()) {
        return has_own_keys(name) ? read_texts(*table, name + ".") : read_table(*table, name + ".");
      }
      return at(line, "\"" + name + "\" is a table: write [" + name + "] and its keys below");
    }
    const auto* setting = find_setting(name);
    if (setting == nullptr) return at(line, unknown_setting(name));
    const auto text = text_of(node, setting->kind);
    if (!text) {
      return at(line, name + ": expected " + std::string(expected(setting->kind)) + ", not " +
                          type_name(node));
    }
    if (const auto done = set_setting(config_, name, *text); !done) {
      return at(line, done.error().what());
    }
    return {};
  }

  Result<void> read_texts(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const auto name = prefix + std::string(key.str());
      const auto line = key.source().begin.line;
      const auto* text = node.as_string();
      if (text == nullptr) {
        return at(line,
                  name + ": expected a string, not " + type_name(node) + "; put it in quotes");
      }
      if (const auto done = set_setting(config_, name, text->get()); !done) {
        return at(line, done.error().what());
      }
    }
    return {};
  }

  const std::string& path_;
  Config& config_;
};

}  // namespace

Result<void> read_config_text(std::string_view text, const std::string& path, Config& config) {
  Reader reader(path, config);
  try {
    const toml::table table = toml::parse(text, path);
    return reader.read_file(table);
  } catch (const toml::parse_error& error) {
    return reader.at(error.source().begin.line, std::string(error.description()));
  }
}

Result<void> read_config_file(const std::string& path, Config& config) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  // Reading nothing at all sets failbit; that is an empty file.
  if (file && file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
  if (!file.is_open() || file.bad() || text.bad()) {
    const int reason = errno;
    return Error(ErrorCode::type, "cannot read the configuration file " + path + ": " +
                                      std::generic_category().message(reason));
  }
  return read_config_text(text.str(), path, config);
}

}  // namespace stead
