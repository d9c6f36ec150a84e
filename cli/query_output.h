#pragma once

#include "storage/offline_query.h"

namespace stead {

/// The rows on stdout, separated by tabs, under a line of column names.
void print_table(const QueryTable& table);

}  // namespace stead
