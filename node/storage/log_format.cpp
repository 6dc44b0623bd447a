#include "node/storage/log_format.h"

#include "node/base/check.h"
#include "node/base/crc32c.h"
#include "node/wire/little_endian.h"

namespace capsize::storage {
namespace {

using wire::append;
using wire::get;
using wire::put;

constexpr std::string_view kMagic = "CAPSZWAL";
constexpr std::uint32_t kFileVersion = 1;
constexpr std::uint8_t kRecordVersion = 1;
constexpr std::size_t kAlignment = 8;

std::size_t padded(std::size_t size) {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

std::uint32_t checksum(const char* record, std::string_view payload) {
  const std::uint32_t front = base::crc32c({record, 8});
  return base::crc32c(payload, base::crc32c({record + 12, 4}, front));
}

std::size_t begin_record(std::string& out, std::uint32_t previous, RecordType type) {
  const std::size_t start = out.size();
  append(out, std::uint32_t{0});  // length, see end_record
  append(out, previous);
  append(out, std::uint32_t{0});  // checksum
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

std::string encode_file_header(const FileHeader& header) {
  std::string out(kMagic);
  append(out, kFileVersion);
  append(out, std::uint32_t{0});
  append(out, header.number);
  append(out, header.previous);
  append(out, base::crc32c(out));
  return out;
}

std::optional<FileHeader> decode_file_header(std::string_view bytes) {
  if (bytes.size() < kFileHeaderBytes) return std::nullopt;
  const std::string_view header = bytes.substr(0, kFileHeaderBytes - 4);
  if (!header.starts_with(kMagic) || get<std::uint32_t>(header.data() + 8) != kFileVersion ||
      get<std::uint32_t>(bytes.data() + header.size()) != base::crc32c(header)) {
    return std::nullopt;
  }
  return FileHeader{get<std::uint64_t>(header.data() + 16), get<std::uint32_t>(header.data() + 24)};
}

std::uint32_t append_hard_state(std::string& out, std::uint32_t previous,
                                const raft::HardState& hard_state) {
  const std::size_t start = begin_record(out, previous, RecordType::kHardState);
  append(out, hard_state.term.value());
  append(out, hard_state.vote.value());
  return end_record(out, start);
}

std::uint32_t append_entry(std::string& out, std::uint32_t previous, const raft::Entry& entry) {
  CHECK(entry.payload != nullptr, "an entry carries a payload, be it empty");
  const std::size_t start = begin_record(out, previous, RecordType::kEntry);
  append(out, entry.term.value());
  append(out, entry.index.value());
  append(out, static_cast<std::uint8_t>(entry.type));
  out += *entry.payload;
  return end_record(out, start);
}

std::uint32_t append_snapshot_mark(std::string& out, std::uint32_t previous,
                                   const raft::LogPoint& mark) {
  const std::size_t start = begin_record(out, previous, RecordType::kSnapshotMark);
  append(out, mark.id.term.value());
  append(out, mark.id.index.value());
  append(out, mark.hash);
  return end_record(out, start);
}

std::optional<Record> read_record(std::string_view bytes) {
  if (bytes.size() < kRecordHeaderBytes) return std::nullopt;
  const std::size_t length = get<std::uint32_t>(bytes.data());
  const auto type = get<std::uint8_t>(bytes.data() + 12);
  if (length > kRecordPayloadMax || bytes.size() < kRecordHeaderBytes + padded(length) ||
      type < static_cast<std::uint8_t>(RecordType::kHardState) ||
      type > static_cast<std::uint8_t>(RecordType::kSegmentEnd) ||
      get<std::uint8_t>(bytes.data() + 13) != kRecordVersion) {
    return std::nullopt;
  }
  Record record;
  record.type = static_cast<RecordType>(type);
  record.previous = get<std::uint32_t>(bytes.data() + 4);
  record.checksum = get<std::uint32_t>(bytes.data() + 8);
  record.payload = bytes.substr(kRecordHeaderBytes, length);
  record.bytes = kRecordHeaderBytes + padded(length);
  if (record.checksum != checksum(bytes.data(), record.payload)) return std::nullopt;
  const std::string_view padding =
      bytes.substr(kRecordHeaderBytes + length, padded(length) - length);
  if (padding.find_first_not_of('\0') != std::string_view::npos) return std::nullopt;
  return record;
}

std::optional<raft::HardState> decode_hard_state(std::string_view payload) {
  wire::Reader reader(payload);
  raft::HardState hard_state;
  hard_state.term = raft::Term(reader.number<std::uint64_t>());
  hard_state.vote = raft::NodeId(reader.number<std::uint32_t>());
  if (!reader.finished()) return std::nullopt;
  return hard_state;
}

std::optional<raft::LogPoint> decode_snapshot_mark(std::string_view payload) {
  wire::Reader reader(payload);
  raft::LogPoint mark;
  mark.id.term = raft::Term(reader.number<std::uint64_t>());
  mark.id.index = raft::Index(reader.number<std::uint64_t>());
  mark.hash = reader.number<std::uint64_t>();
  // Far from where counting on would wrap around.
  if (!reader.finished() || mark.id.index.value() >> 62 != 0) return std::nullopt;
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
