#include "storage/journal_format.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <bit>
#include <cstring>

namespace stead::journal_format {

static_assert(std::endian::native == std::endian::little, "the format is little endian");

namespace {

constexpr std::uint64_t segment_magic = 0x3147455344414553;  // "SEADSEG1"
constexpr std::uint64_t batch_magic = 0x3148435442444153;    // "SADBTCH1"

constexpr std::uint8_t flag_undoable = 1;
constexpr std::uint8_t flag_alarm = 2;
constexpr std::uint8_t flag_former = 1;

/// Writes and reads numbers one after the other.
class Out {
 public:
  explicit Out(std::uint8_t* at) : at_(at) {}
  template <class T>
  Out& put(const T& value) {
    std::memcpy(at_, &value, sizeof value);
    at_ += sizeof value;
    return *this;
  }

 private:
  std::uint8_t* at_;
};

class In {
 public:
  explicit In(const std::uint8_t* at) : at_(at) {}
  template <class T>
  T get() {
    T value;
    std::memcpy(&value, at_, sizeof value);
    at_ += sizeof value;
    return value;
  }

 private:
  const std::uint8_t* at_;
};

std::int64_t to_number(WallTime time) { return time.time_since_epoch().count(); }
WallTime to_time(std::int64_t number) { return WallTime(std::chrono::milliseconds(number)); }

/// The last eight bytes of a header are the checksum of those before.
template <std::size_t size>
void add_seal(std::uint8_t* header, std::uint64_t seed) {
  Out(header + size - 8).put(std::uint64_t{XXH3_64bits_withSeed(header, size - 8, seed)});
}

template <std::size_t size>
bool sealed(std::span<const std::uint8_t> bytes, std::uint64_t magic, std::uint64_t seed) {
  return bytes.size() >= size && In(bytes.data()).get<std::uint64_t>() == magic &&
         In(bytes.data() + size - 8).get<std::uint64_t>() ==
             XXH3_64bits_withSeed(bytes.data(), size - 8, seed);
}

void put_entry(std::uint8_t* at, const PageEntry& entry) {
  Out(at)
      .put(entry.page)
      .put(entry.checksum)
      .put(static_cast<std::uint8_t>(entry.encoding))
      .put(entry.former ? flag_former : std::uint8_t{0})
      .put(std::uint16_t{0})
      .put(entry.length);
}

}  // namespace

void write(std::span<std::uint8_t, SegmentHeader::size> out, const SegmentHeader& header) {
  std::memset(out.data(), 0, out.size());
  Out(out.data())
      .put(segment_magic)
      .put(version)
      .put(static_cast<std::uint32_t>(block))
      .put(header.segment)
      .put(header.node)
      .put(header.first_batch)
      .put(header.first_number)
      .put(to_number(header.created))
      .put(header.oldest);
  add_seal<SegmentHeader::size>(out.data(), 0);
}

std::uint64_t seal_of(const NodeId& node) { return XXH3_64bits(node.data(), node.size()); }

void write(std::span<std::uint8_t, BatchHeader::size> out, const BatchHeader& header,
           std::uint64_t seal) {
  Out(out.data())
      .put(batch_magic)
      .put(header.segment)
      .put(header.number)
      .put(header.last_commit)
      .put(header.records)
      .put(std::uint32_t{0})
      .put(header.body_size)
      .put(to_number(header.written))
      .put(header.body_checksum);
  add_seal<BatchHeader::size>(out.data(), seal);
}

void append(Bytes& out, const RecordHeader& header) {
  const auto at = out.size();
  out.resize(at + RecordHeader::size);
  const int flags = (header.undoable ? flag_undoable : 0) | (header.alarm ? flag_alarm : 0);
  Out(out.data() + at)
      .put(header.body_size)
      .put(static_cast<std::uint8_t>(header.kind))
      .put(static_cast<std::uint8_t>(flags))
      .put(header.class_size)
      .put(header.page_size)
      .put(header.number)
      .put(header.previous)
      .put(header.object.bytes)
      .put(header.pages_before)
      .put(header.pages)
      .put(header.entries)
      .put(std::uint32_t{0})
      .put(to_number(header.alarm.value_or(WallTime())));
}

void append(Bytes& out, const PageEntry& entry) {
  const auto at = out.size();
  out.resize(at + PageEntry::size);
  put_entry(out.data() + at, entry);
}

void finish_entry(Bytes& out, std::size_t at, const PageEntry& entry) {
  put_entry(out.data() + at, entry);
}

std::optional<SegmentHeader> read_segment_header(std::span<const std::uint8_t> bytes) {
  if (!sealed<SegmentHeader::size>(bytes, segment_magic, 0)) return std::nullopt;
  In in(bytes.data() + 8);
  if (in.get<std::uint32_t>() != version || in.get<std::uint32_t>() != block) return std::nullopt;
  SegmentHeader header;
  header.segment = in.get<std::uint64_t>();
  header.node = in.get<NodeId>();
  header.first_batch = in.get<std::uint64_t>();
  header.first_number = in.get<std::uint64_t>();
  header.created = to_time(in.get<std::int64_t>());
  header.oldest = in.get<std::uint64_t>();
  return header;
}

std::optional<BatchHeader> read_batch_header(std::span<const std::uint8_t> bytes,
                                             std::uint64_t seal) {
  if (!sealed<BatchHeader::size>(bytes, batch_magic, seal)) return std::nullopt;
  In in(bytes.data() + 8);
  BatchHeader header;
  header.segment = in.get<std::uint64_t>();
  header.number = in.get<std::uint64_t>();
  header.last_commit = in.get<std::uint64_t>();
  header.records = in.get<std::uint32_t>();
  in.get<std::uint32_t>();
  header.body_size = in.get<std::uint64_t>();
  header.written = to_time(in.get<std::int64_t>());
  header.body_checksum = in.get<std::uint64_t>();
  return header;
}

std::optional<std::uint64_t> segment_of_batch(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < 16) return std::nullopt;
  In in(bytes.data());
  if (in.get<std::uint64_t>() != batch_magic) return std::nullopt;
  return in.get<std::uint64_t>();
}

std::optional<RecordHeader> read_record_header(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < RecordHeader::size) return std::nullopt;
  In in(bytes.data());
  RecordHeader header;
  header.body_size = in.get<std::uint64_t>();
  const auto kind = in.get<std::uint8_t>();
  if (kind < 1 || kind > 4) return std::nullopt;
  header.kind = static_cast<Transaction::Kind>(kind);
  const auto flags = in.get<std::uint8_t>();
  header.undoable = (flags & flag_undoable) != 0;
  header.class_size = in.get<std::uint16_t>();
  header.page_size = in.get<std::uint32_t>();
  header.number = in.get<std::uint64_t>();
  header.previous = in.get<std::uint64_t>();
  header.object.bytes = in.get<decltype(header.object.bytes)>();
  header.pages_before = in.get<std::uint32_t>();
  header.pages = in.get<std::uint32_t>();
  header.entries = in.get<std::uint32_t>();
  in.get<std::uint32_t>();
  const auto alarm = in.get<std::int64_t>();
  if (flags & flag_alarm) header.alarm = to_time(alarm);
  if (header.class_size > header.body_size) return std::nullopt;
  return header;
}

std::optional<PageEntry> read_page_entry(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < PageEntry::size) return std::nullopt;
  In in(bytes.data());
  PageEntry entry;
  entry.page = in.get<std::uint32_t>();
  entry.checksum = in.get<std::uint32_t>();
  const auto encoding = in.get<std::uint8_t>();
  if (encoding > static_cast<std::uint8_t>(PageEncoding::patch)) return std::nullopt;
  entry.encoding = static_cast<PageEncoding>(encoding);
  entry.former = (in.get<std::uint8_t>() & flag_former) != 0;
  in.get<std::uint16_t>();
  entry.length = in.get<std::uint32_t>();
  return entry;
}

struct BodyChecksum::State {
  XXH3_state_t xxh;
};

BodyChecksum::BodyChecksum() : state_(std::make_unique<State>()) {
  XXH3_64bits_reset(&state_->xxh);
}
BodyChecksum::~BodyChecksum() = default;

void BodyChecksum::add(std::span<const std::uint8_t> bytes) {
  XXH3_64bits_update(&state_->xxh, bytes.data(), bytes.size());
}

std::uint64_t BodyChecksum::value() const { return XXH3_64bits_digest(&state_->xxh); }

std::string segment_name(std::uint64_t segment) {
  std::array<std::uint8_t, 8> bytes{};
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(segment >> (56 - 8 * i));
  return to_hex(bytes) + ".journal";
}

std::optional<std::uint64_t> segment_of_name(const std::string& name) {
  if (name.size() != 24 || !name.ends_with(".journal")) return std::nullopt;
  const auto bytes = from_hex(std::string_view(name).substr(0, 16));
  if (!bytes) return std::nullopt;
  std::uint64_t segment = 0;
  for (const auto byte : *bytes) segment = segment << 8 | byte;
  return segment;
}

}  // namespace stead::journal_format
