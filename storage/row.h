#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/value.h"

namespace stead {

/// One row of a result: a value per column, in order. Owns its values; shares the names with its
/// cursor's other rows. Where several columns have one name, the last one is found by it.
///
/// Fails: RangeError for a column that does not exist.
class Row {
 public:
  using Names = std::shared_ptr<const std::vector<std::string>>;

  class Iterator {
   public:
    using value_type = std::pair<const std::string&, const SqlValue&>;
    using reference = value_type;
    using pointer = void;
    using iterator_category = std::input_iterator_tag;
    using difference_type = std::ptrdiff_t;
    Iterator(const Row& row, std::size_t index) : row_(&row), index_(index) {}
    value_type operator*() const { return {(*row_->names_)[index_], row_->values_[index_]}; }
    Iterator& operator++() { return ++index_, *this; }
    Iterator operator++(int) { return {*row_, index_++}; }
    bool operator==(const Iterator&) const = default;

   private:
    const Row* row_;
    std::size_t index_;
  };

  Row(Names names, std::vector<SqlValue> values)
      : names_(std::move(names)), values_(std::move(values)) {}

  std::size_t size() const { return values_.size(); }
  const std::vector<std::string>& column_names() const { return *names_; }
  const std::vector<SqlValue>& values() const { return values_; }

  const SqlValue& operator[](std::size_t column) const { return values_[checked(column)]; }
  const SqlValue& operator[](std::string_view column) const { return values_[find(column)]; }

  /// As a C++ type; see `sql_cast`.
  template <class T>
  T get(std::size_t column) const {
    return sql_cast<T>((*this)[column], (*names_)[column]);
  }
  template <class T>
  T get(std::string_view column) const {
    return sql_cast<T>((*this)[column], column);
  }

  /// Pairs of name and value, every column.
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, values_.size()}; }

 private:
  std::size_t checked(std::size_t column) const;
  std::size_t find(std::string_view column) const;

  Names names_;
  std::vector<SqlValue> values_;
};

}  // namespace stead
