#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stead {

using Bytes = std::vector<std::uint8_t>;

/// Lower-case hexadecimal, two digits a byte.
std::string to_hex(std::span<const std::uint8_t> bytes);

/// Reads hexadecimal of either case. Nothing if the length is odd or a character is no hex digit.
std::optional<Bytes> from_hex(std::string_view text);

/// Compares without telling by its duration where the first difference is: for MACs and tokens.
bool equal_in_constant_time(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b);

}  // namespace stead
