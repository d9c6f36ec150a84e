#pragma once

#include "project/config_node.h"
#include "project/project.h"
#include "project/table_reader.h"

namespace stead {

/// What counts for one environment: the file's table with `env.NAME` over it, by the rules of
/// inheritance. An empty name is the file's own top level. Warns of unknown keys.
/// Fails: throws TypeError.
ConfigNode apply_environment(const ConfigNode& file, const std::string& name, ConfigNotes& notes);

/// Fills a project, whose file and folder are set, from such a table. Fails: throws TypeError.
void read_project(const ConfigNode& table, Project& project, ConfigNotes& notes);

}  // namespace stead
