#include "project/project_keys.h"
#include "project/read_project.h"

namespace stead {

namespace {

void warn_of_keys(const ConfigNode& table, const std::string& prefix, ConfigNotes& notes) {
  for (std::size_t i = 0; i < table.keys.size(); ++i) {
    const auto& key = table.keys[i];
    const auto line = table.values[i].line;
    const auto* known = find_project_key(key);
    if (!known) {
      notes.warn(line, "unknown key \"" + prefix + key + "\" is ignored");
    } else if (known->use == ProjectKey::Use::absent) {
      notes.warn(line, "\"" + prefix + key + "\" is not supported: the code finds no such binding");
    } else if (known->inheritance == Inheritance::top && !prefix.empty()) {
      notes.warn(line, "\"" + prefix + key + "\" is ignored: it belongs to the top of the file");
    }
  }
}

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

/// Null if no environment is described at all: then the top level counts.
const ConfigNode* find_environment(const ConfigNode& file, const std::string& name,
                                   ConfigNotes& notes) {
  const auto* all = file.find("env");
  if (all && !all->is_table()) {
    notes.fail(all->line, "env: expected a table, not " + std::string(all->kind_name()));
  }
  if (!all || all->keys.empty()) {
    notes.warn(file.line, "there is no [env." + name + "]: the top of the file counts");
    return nullptr;
  }
  const auto* found = all->find(name);
  if (!found) {
    notes.fail(all->line,
               "there is no environment \"" + name + "\"; there are: " + list_of(all->keys));
  }
  if (!found->is_table()) {
    notes.fail(found->line,
               "env." + name + ": expected a table, not " + std::string(found->kind_name()));
  }
  return found;
}

}  // namespace

ConfigNode apply_environment(const ConfigNode& file, const std::string& name, ConfigNotes& notes) {
  if (!file.is_table()) notes.fail(file.line, "expected a table of keys");
  warn_of_keys(file, "", notes);
  if (name.empty()) return file;
  const auto* environment = find_environment(file, name, notes);
  ConfigNode result{.kind = ConfigNode::Kind::table, .line = file.line};
  for (std::size_t i = 0; i < file.keys.size(); ++i) {
    const auto& key = file.keys[i];
    const auto* known = find_project_key(key);
    if (!known) continue;
    const bool repeated = environment && environment->find(key);
    if (environment && known->inheritance == Inheritance::own && !repeated) {
      notes.warn(file.values[i].line, "\"" + key + "\" is not inherited by [env." + name +
                                          "], which has none; repeat it there if it is meant");
      continue;
    }
    result.set(key, file.values[i]);
    if (key == "name" && !repeated) result.values.back().text += "-" + name;
  }
  if (!environment) return result;
  warn_of_keys(*environment, "env." + name + ".", notes);
  for (std::size_t i = 0; i < environment->keys.size(); ++i) {
    const auto* known = find_project_key(environment->keys[i]);
    if (!known || known->inheritance == Inheritance::top) continue;
    result.set(environment->keys[i], environment->values[i]);
  }
  return result;
}

}  // namespace stead
