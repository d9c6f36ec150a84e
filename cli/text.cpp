#include "cli/text.h"

#include <cstdio>

namespace stead {

std::string escape_control(std::string_view text) {
  constexpr const char* digits = "0123456789abcdef";
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      escaped += "\\n";
    } else if (c == '\t') {
      escaped += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      escaped += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    } else {
      escaped.push_back(c);
    }
  }
  return escaped;
}

void print_error(std::string_view message) {
  const auto line = "stead: " + escape_control(message) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace stead
