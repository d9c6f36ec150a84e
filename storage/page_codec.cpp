#include "storage/page_codec.h"

#include <lz4.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>

namespace stead {

namespace {

/// Two runs with fewer equal bytes between them cost less as one.
constexpr std::size_t gap = 4;

std::uint64_t word_at(const std::uint8_t* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

/// Bytes that are compared at once.
constexpr std::size_t block = 64;

bool same_block(const std::uint8_t* a, const std::uint8_t* b) {
  std::uint64_t difference = 0;
  for (std::size_t at = 0; at < block; at += 8) difference |= word_at(a + at) ^ word_at(b + at);
  return difference == 0;
}

/// The first place from `at` on where the two differ, or the end.
std::size_t next_difference(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b,
                            std::size_t at) {
  while (at + block <= a.size() && same_block(a.data() + at, b.data() + at)) at += block;
  while (at + 8 <= a.size() && word_at(a.data() + at) == word_at(b.data() + at)) at += 8;
  while (at < a.size() && a[at] == b[at]) ++at;
  return at;
}

/// The end of the run that starts at a difference.
std::size_t end_of_run(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b,
                       std::size_t at) {
  auto end = at + 1;
  for (auto next = end; next < a.size() && next < end + gap; ++next) {
    if (a[next] != b[next]) end = next + 1;
  }
  return end;
}

/// What LZ4 needs, kept: clearing it for each page takes longer than compressing most of them.
class Compressor {
 public:
  /// One LZ4 block that is shorter than the page; empty if there is none.
  std::span<const std::uint8_t> compress(std::span<const std::uint8_t> page) {
    block_.resize(page.size());
    LZ4_resetStream_fast(&state_);
    const int size = LZ4_compress_fast_continue(
        &state_, reinterpret_cast<const char*>(page.data()), reinterpret_cast<char*>(block_.data()),
        static_cast<int>(page.size()), static_cast<int>(page.size()) - 1, 1);
    // What a block that did not fit leaves behind may not be used again.
    if (size == 0) LZ4_initStream(&state_, sizeof state_);
    return std::span(block_).first(static_cast<std::size_t>(size));
  }

 private:
  LZ4_stream_t state_{};
  Bytes block_;
};

void append_u16(Bytes& out, std::size_t value) {
  out.push_back(static_cast<std::uint8_t>(value));
  out.push_back(static_cast<std::uint8_t>(value >> 8));
}

bool apply_patch(std::span<const std::uint8_t> patch, std::span<std::uint8_t> page) {
  std::size_t at = 0;
  while (at + 4 <= patch.size()) {
    const std::size_t offset = patch[at] | patch[at + 1] << 8;
    const std::size_t length = (patch[at + 2] | patch[at + 3] << 8) + std::size_t{1};
    at += 4;
    if (offset + length > page.size() || at + length > patch.size()) return false;
    for (std::size_t i = 0; i < length; ++i) page[offset + i] ^= patch[at + i];
    at += length;
  }
  return at == patch.size();
}

}  // namespace

std::uint32_t page_checksum(std::span<const std::uint8_t> page) {
  return static_cast<std::uint32_t>(XXH3_64bits(page.data(), page.size()));
}

PageEncoding append_image(Bytes& out, std::span<const std::uint8_t> page) {
  thread_local Compressor compressor;
  const auto compressed = compressor.compress(page);
  const auto image = compressed.empty() ? page : compressed;
  out.insert(out.end(), image.begin(), image.end());
  return compressed.empty() ? PageEncoding::raw : PageEncoding::lz4;
}

bool append_patch(Bytes& out, std::span<const std::uint8_t> before,
                  std::span<const std::uint8_t> after, std::size_t longest) {
  const auto start = out.size();
  for (auto at = next_difference(before, after, 0); at < after.size();) {
    const auto end = end_of_run(before, after, at);
    if (out.size() - start + 4 + (end - at) > longest) {
      out.resize(start);
      return false;
    }
    append_u16(out, at);
    append_u16(out, end - at - 1);
    for (auto i = at; i < end; ++i) out.push_back(before[i] ^ after[i]);
    at = next_difference(before, after, end);
  }
  return true;
}

bool apply_image(PageEncoding encoding, std::span<const std::uint8_t> encoded,
                 std::span<std::uint8_t> page) {
  switch (encoding) {
    case PageEncoding::raw:
      if (encoded.size() != page.size()) return false;
      std::memcpy(page.data(), encoded.data(), page.size());
      return true;
    case PageEncoding::lz4:
      return LZ4_decompress_safe(reinterpret_cast<const char*>(encoded.data()),
                                 reinterpret_cast<char*>(page.data()),
                                 static_cast<int>(encoded.size()),
                                 static_cast<int>(page.size())) == static_cast<int>(page.size());
    case PageEncoding::patch:
      return apply_patch(encoded, page);
  }
  return false;
}

}  // namespace stead
