#include "runtime/commit_log.h"

#include "runtime/host.h"
#include "storage/journal.h"

namespace stead {

void CommitLog::append(Transaction transaction) {
  const CommitRecord record{address_.id, ++last_, base_};
  base_ = last_;
  if (transaction.confirmed) confirmed_ = last_;
  journal_number_ = host_.append_commit(record, std::move(transaction));
}

}  // namespace stead
