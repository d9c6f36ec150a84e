#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stead {

/// A point in the history of all objects of a node, as text: the state after the journal's commit
/// of a number. Two bookmarks of one node compare as texts like the points in time that they name.
std::string to_bookmark(std::uint64_t number);

/// Nothing if it is no bookmark.
std::optional<std::uint64_t> parse_bookmark(std::string_view text);

}  // namespace stead
