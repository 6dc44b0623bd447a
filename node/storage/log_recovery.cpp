#include "node/storage/log_recovery.h"

#include <fmt/core.h>

#include <optional>

namespace capsize::storage {
namespace {

/// Whether any record can be recognised behind `offset`: then what is at `offset` is no torn tail.
std::optional<std::size_t> find_valid_record(std::string_view bytes, std::size_t offset) {
  for (std::size_t at = offset + 8; at + kRecordHeaderBytes <= bytes.size(); at += 8) {
    if (read_record(bytes.substr(at))) return at;
  }
  return std::nullopt;
}

std::size_t without_zeros_behind(std::string_view bytes) {
  return bytes.find_last_not_of('\0') + 1;  // npos + 1 is 0
}

}  // namespace

std::optional<CorruptLog> LogReplay::read(std::string_view segment, bool newest,
                                          const std::string& path) {
  if (auto wrong = begin(segment)) return CorruptLog{path, 0, std::move(*wrong)};
  std::size_t at = kSegmentHeaderBytes;
  torn_bytes_ = 0;
  while (at < segment.size()) {
    const auto record = read_record(segment.substr(at));
    if (!record) {
      torn_bytes_ = without_zeros_behind(segment.substr(at));
      if (torn_bytes_ == 0) break;  // reserved room
      if (!newest) return CorruptLog{path, at, "a damaged record, and the log goes on behind it"};
      if (const auto next = find_valid_record(segment, at)) {
        return CorruptLog{
            path, at, fmt::format("a damaged record, and a valid one follows at offset {}", *next)};
      }
      break;
    }
    if (record->previous != previous_) {
      return CorruptLog{path, at, "a record that does not follow the one before it"};
    }
    if (auto wrong = replay(*record)) return CorruptLog{path, at, std::move(*wrong)};
    previous_ = record->checksum;
    at += record->bytes;
  }
  valid_bytes_ = at;
  return std::nullopt;
}

LogReplay::Wrong LogReplay::begin(std::string_view segment) {
  const auto header = decode_segment_header(segment);
  // It was synced before the file got its name: it cannot be torn.
  if (!header) return "not the header of a log segment of version 2";
  if (header_.number == 0) {
    hard_state_ = header->hard_state;
    base_ = header->last;
    previous_ = header->previous;
  } else if (*header != SegmentHeader{header_.number + 1, hard_state_, previous_, last()}) {
    return fmt::format("a segment that does not follow segment {}", header_.number);
  }
  header_ = *header;
  return std::nullopt;
}

LogReplay::Wrong LogReplay::replay(const Record& record) {
  if (record.type == RecordType::kHardState) {
    const auto hard_state = decode_hard_state(record.payload);
    if (!hard_state) return "a hard state of another shape";
    hard_state_ = *hard_state;
    return std::nullopt;
  }
  if (record.type == RecordType::kSnapshotMark) {
    const auto mark = decode_snapshot_mark(record.payload);
    return mark ? install(*mark) : "a snapshot mark of another shape";
  }
  auto entry = decode_entry(record.payload);
  return entry ? add(std::move(*entry)) : "an entry of another shape";
}

LogReplay::Wrong LogReplay::add(raft::Entry entry) {
  if (entry.index > last().index.next()) {
    return fmt::format("entry {} after entry {}: a gap", entry.index.value(), last().index.value());
  }
  if (entry.index <= mark_.id.index) {
    return fmt::format("entry {} after a snapshot up to entry {}", entry.index.value(),
                       mark_.id.index.value());
  }
  if (entry.index <= base_.index) {
    // Supersedes what was in segments that are gone. The snapshot that allowed to remove them
    // reaches further than that.
    entries_.clear();
    base_ = {raft::Term{0}, raft::Index{entry.index.value() - 1}};
  }
  entries_.resize(entry.index - base_.index.next());
  entries_.push_back(std::move(entry));
  return std::nullopt;
}

LogReplay::Wrong LogReplay::install(const SnapshotMark& mark) {
  const raft::EntryId end = mark.snapshot.id;
  if (end.index < mark_.id.index) return "a snapshot mark that goes back";
  mark_ = mark.snapshot;
  if (mark.last == last()) {
    if (end.index <= base_.index) return std::nullopt;
    const auto covered = static_cast<std::ptrdiff_t>(end.index - base_.index);
    if (entries_[static_cast<std::size_t>(covered) - 1].term != end.term) {
      return "a snapshot mark that keeps entries of another history";
    }
    entries_.erase(entries_.begin(), entries_.begin() + covered);
  } else if (mark.last == end) {
    entries_.clear();
  } else {
    return "a snapshot mark for another log";
  }
  base_ = end;
  return std::nullopt;
}

}  // namespace capsize::storage
