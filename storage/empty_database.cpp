#include "storage/empty_database.h"

#include "storage/database.h"
#include "storage/object_meta.h"

namespace stead {

std::span<const std::uint8_t> EmptyDatabase::image() {
  if (image_.empty()) {
    Database database;
    database.open_memory();
    // So that an object which shrinks can give its pages back; it must precede every table.
    database.run_trusted("PRAGMA auto_vacuum=INCREMENTAL");
    object_meta::create_table(database);
    object_meta::put(database, "format", SqlView::of_integer(object_meta::format));
    migrate(database, 0);
    database.commit();
    image_ = database.serialize();
  }
  return image_;
}

void EmptyDatabase::migrate(Database& database, std::int64_t from) const {
  for (auto step = static_cast<std::size_t>(from); step < migrations_.size(); ++step) {
    try {
      database.run_script(migrations_[step], Trust::app);
    } catch (const Error& error) {
      database.rollback();
      // A disk that fails, or a node that takes no writes, is no fault of the migration's.
      if (error.code() != ErrorCode::sql) throw;
      throw SqlError("migration step " + std::to_string(step) + " of class " + class_name_ +
                     " failed, and nothing was applied: " + error.what());
    }
  }
  object_meta::put(database, "schema_version", SqlView::of_integer(version()));
}

}  // namespace stead
