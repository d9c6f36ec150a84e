#include "storage/open_cursor.h"

#include "storage/database.h"

namespace stead {

void OpenCursor::link(Database& database) {
  database_ = &database;
  previous_ = nullptr;
  next_ = database.cursors_;
  if (next_) next_->previous_ = this;
  database.cursors_ = this;
}

void OpenCursor::unlink() noexcept {
  if (!database_) return;
  (previous_ ? previous_->next_ : database_->cursors_) = next_;
  if (next_) next_->previous_ = previous_;
  database_ = nullptr;
}

}  // namespace stead
