#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stead {

/// A statement about transactions, which a driver carries out by itself.
struct TransactionText {
  enum class Kind { begin, commit, rollback, savepoint, release, rollback_to };
  Kind kind;
  /// The savepoint's.
  std::string name{};
};

/// What a text says about transactions; nothing if it is any other statement.
std::optional<TransactionText> read_transaction_text(std::string_view sql);

}  // namespace stead
