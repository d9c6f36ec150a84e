#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "storage/offline_file.h"

namespace stead {

/// The result of the last statement of a text.
struct QueryTable {
  std::vector<std::string> columns;
  /// Values as text; NULL as nothing; blobs as x'00ff'.
  std::vector<std::vector<std::optional<std::string>>> rows;
  /// Rows inserted, updated and deleted by the whole text.
  std::int64_t changes = 0;
};

/// Runs SQL on an object's file while no server has it open: for the command line. What an author's
/// SQL may not touch is open to it. With `Access::write` the whole text is one transaction.
Result<QueryTable> run_offline_query(const std::string& path, const std::string& sql,
                                     OfflineFile::Access access);

}  // namespace stead
