#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stead {

/// HTTP header fields (RFC 9110, section 5): names compare without case, repeated names and their
/// order are kept. A plain value.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  /// The first field of that name.
  std::optional<std::string_view> get(std::string_view name) const;
  std::vector<std::string_view> get_all(std::string_view name) const;
  bool has(std::string_view name) const { return get(name).has_value(); }
  /// Replaces every field of that name by one.
  void set(std::string_view name, std::string value);
  void append(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
  }
  /// The number of fields removed.
  std::size_t remove(std::string_view name);
  void reserve(std::size_t count) { fields_.reserve(count); }

  std::size_t size() const { return fields_.size(); }
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

 private:
  std::vector<Field> fields_;
};

/// Compares ASCII text without case.
bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace stead
