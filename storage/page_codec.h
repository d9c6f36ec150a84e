#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"

namespace stead {

/// How the image of a database page is written in the journal.
enum class PageEncoding : std::uint8_t {
  raw = 0,    ///< the page as it is
  lz4 = 1,    ///< an LZ4 block
  patch = 2,  ///< what differs from the page's former image: see `append_patch`
};

/// A number that a page's image must come out with when it is read back.
std::uint32_t page_checksum(std::span<const std::uint8_t> page);

/// Appends the shorter of `raw` and `lz4`.
PageEncoding append_image(Bytes& out, std::span<const std::uint8_t> page);

/// Appends the bytes in which two images of a page differ, as runs of {offset u16, length - 1 u16,
/// former XOR present}, so that one patch leads forth and back. False, with nothing appended, if
/// that would be longer than `longest`. Requires at most 64 KiB each.
bool append_patch(Bytes& out, std::span<const std::uint8_t> before,
                  std::span<const std::uint8_t> after, std::size_t longest);

/// Makes the page's next (or former) image of what was appended. `page` holds the image that a
/// patch starts from. False if `encoded` is no encoding of a page of this size.
bool apply_image(PageEncoding encoding, std::span<const std::uint8_t> encoded,
                 std::span<std::uint8_t> page);

}  // namespace stead
