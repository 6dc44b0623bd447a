#include "node/storage/log_format.h"

#include "base/check.h"
#include "base/crc32c.h"
#include "node/bugs/seeded_bug.h"
#include "node/wire/little_endian.h"

namespace capsize::storage {
namespace {

using wire::append;
using wire::get;
using wire::put;

constexpr std::string_view kMagic = "CAPSZWAL";
constexpr std::uint8_t kRecordVersion = 1;
constexpr std::size_t kAlignment = 8;
constexpr std::size_t kSectorBytes = 512;  // the smallest unit that a disk writes atomically

std::size_t padded(std::size_t size) {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

std::uint32_t checksum(const char* record, std::string_view payload) {
  const std::uint32_t front = base::crc32c({record, 8});
  return base::crc32c(payload, base::crc32c({record + 12, 4}, front));
}

/// Small enough that incrementing it never wraps around: a damaged index must not pass as a valid
/// one.
bool is_plausible(raft::Index index) {
  return index.value() >> 62 == 0;
}

std::size_t begin_record(std::string& out, std::uint32_t previous, RecordType type) {
  const std::size_t start = out.size();
  append(out, std::uint32_t{0});  // length, filled in by end_record
  append(out, previous);
  append(out, std::uint32_t{0});  // checksum, filled in by end_record
  append(out, static_cast<std::uint8_t>(type));
  append(out, kRecordVersion);
  append(out, std::uint16_t{0});
  return start;
}

std::uint32_t end_record(std::string& out, std::size_t start) {
  const std::size_t length = out.size() - start - kRecordHeaderBytes;
  CHECK(length <= kRecordPayloadMax, "a log record holds at most kRecordPayloadMax bytes");
  put(out.data() + start, static_cast<std::uint32_t>(length));
  const std::string_view payload(out.data() + start + kRecordHeaderBytes, length);
  const std::uint32_t sum = checksum(out.data() + start, payload);
  put(out.data() + start + 8, sum);
  out.resize(start + kRecordHeaderBytes + padded(length), '\0');
  return sum;
}

}  // namespace

std::string encode_segment_header(const SegmentHeader& header) {
  std::string out(kMagic);
  append(out, header.version);
  append(out, std::uint32_t{0});
  append(out, header.number);
  append(out, header.hard_state.term.value());
  append(out, header.hard_state.vote.value());
  append(out, header.previous);
  append(out, header.last.term.value());
  append(out, header.last.index.value());
  append(out, std::uint32_t{0});
  append(out, base::crc32c(out));
  return out;
}

std::optional<SegmentHeader> decode_segment_header(std::string_view bytes) {
  if (bytes.size() < kSegmentHeaderBytes) return std::nullopt;
  wire::Reader in(bytes.substr(0, kSegmentHeaderBytes));
  const bool magic = in.bytes(kMagic.size()) == kMagic;
  SegmentHeader header;
  header.version = in.number<std::uint32_t>();
  const auto zero = in.number<std::uint32_t>();
  header.number = in.number<std::uint64_t>();
  header.hard_state.term = raft::Term(in.number<std::uint64_t>());
  header.hard_state.vote = raft::NodeId(in.number<std::uint32_t>());
  header.previous = in.number<std::uint32_t>();
  header.last.term = raft::Term(in.number<std::uint64_t>());
  header.last.index = raft::Index(in.number<std::uint64_t>());
  const auto second_zero = in.number<std::uint32_t>();
  const auto checksum = in.number<std::uint32_t>();
  const bool intact = checksum == base::crc32c(bytes.substr(0, kSegmentHeaderBytes - 4));
  const bool known = header.version == kSegmentVersion || header.version == kUnmarkedSegmentVersion;
  if (!magic || !known || zero != 0 || second_zero != 0 || !intact ||
      !is_plausible(header.last.index)) {
    return std::nullopt;
  }
  return header;
}

std::uint32_t append_hard_state(std::string& out, std::uint32_t previous,
                                const raft::HardState& hard_state) {
  const std::size_t start = begin_record(out, previous, RecordType::kHardState);
  append(out, hard_state.term.value());
  append(out, hard_state.vote.value());
  return end_record(out, start);
}

std::uint32_t append_entry(std::string& out, std::uint32_t previous, const raft::Entry& entry) {
  CHECK(entry.payload != nullptr, "an entry has a payload, possibly empty");
  const std::size_t start = begin_record(out, previous, RecordType::kEntry);
  append(out, entry.term.value());
  append(out, entry.index.value());
  append(out, static_cast<std::uint8_t>(entry.type));
  out += *entry.payload;
  return end_record(out, start);
}

std::uint32_t append_snapshot_mark(std::string& out, std::uint32_t previous,
                                   const SnapshotMark& mark) {
  const std::size_t start = begin_record(out, previous, RecordType::kSnapshotMark);
  append(out, mark.snapshot.id.term.value());
  append(out, mark.snapshot.id.index.value());
  append(out, mark.snapshot.hash);
  append(out, mark.last.term.value());
  append(out, mark.last.index.value());
  return end_record(out, start);
}

std::optional<Record> read_record(std::string_view bytes) {
  if (bytes.size() < kRecordHeaderBytes) return std::nullopt;
  const std::size_t length = get<std::uint32_t>(bytes.data());
  const auto type = get<std::uint8_t>(bytes.data() + 12);
  if (length > kRecordPayloadMax || bytes.size() < kRecordHeaderBytes + padded(length) ||
      type < static_cast<std::uint8_t>(RecordType::kHardState) ||
      type > static_cast<std::uint8_t>(RecordType::kSnapshotMark) ||
      get<std::uint8_t>(bytes.data() + 13) != kRecordVersion) {
    return std::nullopt;
  }
  Record record;
  record.type = static_cast<RecordType>(type);
  record.previous = get<std::uint32_t>(bytes.data() + 4);
  record.checksum = get<std::uint32_t>(bytes.data() + 8);
  record.payload = bytes.substr(kRecordHeaderBytes, length);
  record.bytes = kRecordHeaderBytes + padded(length);
  if (SEEDED_BUG("no-log-checksum")) return record;
  if (record.checksum != checksum(bytes.data(), record.payload)) return std::nullopt;
  // The checksum does not cover the padding, so a flipped bit there must be found separately.
  const std::string_view padding =
      bytes.substr(kRecordHeaderBytes + length, padded(length) - length);
  if (padding.find_first_not_of('\0') != std::string_view::npos) return std::nullopt;
  return record;
}

// A torn write leaves some sectors of a record unwritten. Their bytes are then missing (the file
// ends before them) or zero (they are in reserved space). A flipped bit in a complete record shows
// neither, and the record may have been acknowledged: recovery must not cut it.
bool lacks_bytes(std::string_view bytes, std::uint64_t offset) {
  if (bytes.size() < kRecordHeaderBytes) return true;
  const std::size_t length = get<std::uint32_t>(bytes.data());
  // A torn length has zeros in place of some bytes and so is never larger than the real one. A
  // larger one is damage.
  if (length > kRecordPayloadMax) return false;
  const std::size_t end = kRecordHeaderBytes + padded(length);
  if (end > bytes.size() || bytes[kRecordHeaderBytes + length - 1] == '\0') return true;
  // The sectors in the middle, at multiples of 512 in the file: the disk may write them in any
  // order.
  const std::size_t first = (kSectorBytes - offset % kSectorBytes) % kSectorBytes;
  for (std::size_t at = first; at + kSectorBytes <= end; at += kSectorBytes) {
    const std::string_view sector = bytes.substr(at, kSectorBytes);
    if (sector.find_first_not_of('\0') == std::string_view::npos) return true;
  }
  return false;
}

std::optional<raft::HardState> decode_hard_state(std::string_view payload) {
  wire::Reader reader(payload);
  raft::HardState hard_state;
  hard_state.term = raft::Term(reader.number<std::uint64_t>());
  hard_state.vote = raft::NodeId(reader.number<std::uint32_t>());
  if (!reader.finished()) return std::nullopt;
  return hard_state;
}

std::optional<SnapshotMark> decode_snapshot_mark(std::string_view payload) {
  wire::Reader reader(payload);
  SnapshotMark mark;
  mark.snapshot.id.term = raft::Term(reader.number<std::uint64_t>());
  mark.snapshot.id.index = raft::Index(reader.number<std::uint64_t>());
  mark.snapshot.hash = reader.number<std::uint64_t>();
  mark.last.term = raft::Term(reader.number<std::uint64_t>());
  mark.last.index = raft::Index(reader.number<std::uint64_t>());
  if (!reader.finished() || !is_plausible(mark.last.index)) return std::nullopt;
  if (mark.last.index < mark.snapshot.id.index) return std::nullopt;
  return mark;
}

std::optional<raft::Entry> decode_entry(std::string_view payload) {
  wire::Reader reader(payload);
  raft::Entry entry;
  entry.term = raft::Term(reader.number<std::uint64_t>());
  entry.index = raft::Index(reader.number<std::uint64_t>());
  const auto type = reader.number<std::uint8_t>();
  if (!reader.ok() || type < static_cast<std::uint8_t>(raft::EntryType::kNormal) ||
      type > static_cast<std::uint8_t>(raft::EntryType::kSnapshotMark)) {
    return std::nullopt;
  }
  entry.type = static_cast<raft::EntryType>(type);
  entry.payload = std::make_shared<const std::string>(reader.bytes(reader.left()));
  return entry;
}

}  // namespace capsize::storage
