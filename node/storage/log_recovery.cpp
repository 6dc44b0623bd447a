#include "node/storage/log_recovery.h"

#include <optional>

#include "node/storage/log_format.h"

namespace capsize::storage {
namespace {

/// Whether any record can be recognised behind `offset`: then what is at `offset` is no torn tail.
std::optional<std::size_t> find_valid_record(std::string_view bytes, std::size_t offset) {
  for (std::size_t at = offset + 8; at + kRecordHeaderBytes <= bytes.size(); at += 8) {
    if (read_record(bytes.substr(at))) return at;
  }
  return std::nullopt;
}

/// What is wrong with a record whose checksums are right; nothing when it fits.
std::optional<std::string> replay(const Record& record, raft::Recovered& state) {
  if (record.type == RecordType::kHardState) {
    const auto hard_state = decode_hard_state(record.payload);
    if (!hard_state) return "a hard state of another shape";
    state.hard_state = *hard_state;
    return std::nullopt;
  }
  if (record.type == RecordType::kSnapshotMark) {
    const auto mark = decode_snapshot_mark(record.payload);
    if (!mark) return "a snapshot mark of another shape";
    if (state.last() > raft::Index{0}) return "a snapshot mark that is not the first record";
    state.snapshot.last = *mark;
    return std::nullopt;
  }
  if (record.type != RecordType::kEntry) return "a record type that this version does not know";
  auto entry = decode_entry(record.payload);
  if (!entry) return "an entry of another shape";
  if (entry->index < state.first() || entry->index > state.last().next()) {
    return "entry " + std::to_string(entry->index.value()) + " after entry " +
           std::to_string(state.last().value()) + ": a gap";
  }
  state.write(*entry);
  return std::nullopt;
}

}  // namespace

std::variant<LogScan, CorruptLog> scan_log(std::string_view bytes, const std::string& path) {
  const auto header = decode_file_header(bytes);
  // The header was synced before the file got its name: it cannot be torn.
  if (!header) return CorruptLog{path, 0, "not the header of a log file of version 1"};
  LogScan scan;
  scan.number = header->number;
  scan.last_checksum = header->previous;
  std::size_t at = kFileHeaderBytes;
  while (at < bytes.size()) {
    const auto record = read_record(bytes.substr(at));
    if (!record) {
      if (const auto next = find_valid_record(bytes, at)) {
        return CorruptLog{
            path, at,
            "a damaged record, and a valid one follows at offset " + std::to_string(*next)};
      }
      break;
    }
    if (record->previous != scan.last_checksum) {
      return CorruptLog{path, at, "a record that does not follow the one before it"};
    }
    if (const auto wrong = replay(*record, scan.recovered)) return CorruptLog{path, at, *wrong};
    scan.last_checksum = record->checksum;
    at += record->bytes;
  }
  scan.valid_bytes = at;
  return scan;
}

}  // namespace capsize::storage
