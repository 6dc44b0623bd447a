#include "node/storage/log_recovery.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "node/bugs/seeded_bug.h"

namespace capsize::storage {
namespace {

std::size_t size_without_trailing_zeros(std::string_view bytes) {
  return bytes.find_last_not_of('\0') + 1;  // npos + 1 is 0
}

}  // namespace

// A record does not depend on the ones before it (log_format.h), so the search can resume at any
// multiple of 8, even if the length of the bad record is what was damaged. A random match needs a
// plausible header and 32 matching checksum bits.
std::optional<std::size_t> find_valid_record(std::string_view bytes, std::size_t offset) {
  for (std::size_t at = offset + 8; at + kRecordHeaderBytes <= bytes.size(); at += 8) {
    if (read_record(bytes.substr(at))) return at;
  }
  return std::nullopt;
}

std::string affected(raft::Index last, raft::Index synced, raft::Term term) {
  if (synced <= last) {
    return fmt::format("votes up to term {}, and entries that superseded others up to entry {}",
                       term.value(), synced.value());
  }
  const std::string which =
      synced == last.next() ? fmt::format("entry {}", synced.value())
                            : fmt::format("entries {} to {}", last.next().value(), synced.value());
  return fmt::format("{}, and votes up to term {}", which, term.value());
}

std::optional<CorruptLog> LogReplay::read(std::string_view segment, bool newest,
                                          const std::string& path) {
  if (auto wrong = begin(segment)) return CorruptLog{path, 0, std::move(*wrong)};
  std::size_t at = kSegmentHeaderBytes;
  torn_bytes_ = 0;
  while (at < segment.size()) {
    const auto record = read_record(segment.substr(at));
    if (!record) break;
    // Valid in itself, but not the successor: a lost write, or a stale sector of a former file.
    if (record->previous != previous_) {
      return CorruptLog{path, at, "found a record that does not follow the one before it"};
    }
    // The mark is at the end of a record. If it is inside one, this is not the log that it
    // describes.
    if (at < synced_end() && at + record->bytes > synced_end()) {
      return CorruptLog{path, at, *below_mark("a record that goes beyond the mark")};
    }
    if (auto wrong = replay(*record)) return CorruptLog{path, at, std::move(*wrong)};
    previous_ = record->checksum;
    at += record->bytes;
    // A directory with the log of one time and the mark of another may have records of the same
    // lengths. The checksum, chained over the whole log, differs.
    if (at == synced_end() && previous_ != synced_.checksum) {
      return CorruptLog{path, at, *below_mark("another last record than the mark names")};
    }
  }
  if (auto wrong = end_of_records(segment, at, newest)) {
    return CorruptLog{path, at, std::move(*wrong)};
  }
  valid_bytes_ = at;
  return std::nullopt;
}

std::uint64_t LogReplay::synced_end() const {
  return header_.number == synced_.segment ? synced_.offset : 0;
}

// Decides what the bytes after the last valid record are: reserved space, a torn tail, or damage.
// Cutting a torn tail is safe only because nothing in it was acknowledged, so each doubt is
// resolved as damage: below the mark, before a valid record, or with all bytes of the record
// present.
LogReplay::Wrong LogReplay::end_of_records(std::string_view segment, std::size_t at, bool newest) {
  const std::string_view rest = segment.substr(std::min(at, segment.size()));
  torn_bytes_ = size_without_trailing_zeros(rest);
  if (SEEDED_BUG("cut-log-at-bad-record")) return std::nullopt;
  if (at < synced_end()) {
    if (rest.empty()) return below_mark("the end of the file");
    return below_mark(torn_bytes_ == 0 ? "zeros" : "a damaged record");
  }
  if (torn_bytes_ == 0) return std::nullopt;  // reserved space
  if (!newest) return "found a damaged record, and a later segment of the log follows";
  if (const auto next = find_valid_record(segment, at)) {
    return fmt::format("found a damaged record, and a valid one follows at offset {}", *next);
  }
  if (lacks_bytes(rest, at)) return std::nullopt;  // a torn tail
  return "found a last record with a wrong checksum and none of its bytes missing, expected it "
         "intact, or to lack bytes as after a torn write";
}

LogReplay::Wrong LogReplay::below_mark(std::string_view found) const {
  return fmt::format(
      "found {}, expected valid records up to the sync mark at offset {}; affected: {}", found,
      synced_.offset, affected(last().index, synced_.last.index, synced_.term));
}

LogReplay::Wrong LogReplay::begin(std::string_view segment) {
  const auto header = decode_segment_header(segment);
  // It was synced before the file got its name, so a crash cannot have torn it.
  if (!header) return "found no valid header, expected that of a log segment of version 2 or 3";
  if (header_.number == 0) {
    hard_state_ = header->hard_state;
    base_ = header->last;
    previous_ = header->previous;
  } else if (*header !=
             SegmentHeader{header_.number + 1, hard_state_, previous_, last(), header->version}) {
    return fmt::format("found a segment that does not follow segment {}", header_.number);
  }
  header_ = *header;
  return std::nullopt;
}

LogReplay::Wrong LogReplay::replay(const Record& record) {
  if (record.type == RecordType::kHardState) {
    const auto hard_state = decode_hard_state(record.payload);
    if (!hard_state) return "found a malformed hard state";
    hard_state_ = *hard_state;
    return std::nullopt;
  }
  if (record.type == RecordType::kSnapshotMark) {
    const auto mark = decode_snapshot_mark(record.payload);
    return mark ? install(*mark) : "found a malformed snapshot mark";
  }
  auto entry = decode_entry(record.payload);
  return entry ? add(std::move(*entry)) : "found a malformed entry";
}

LogReplay::Wrong LogReplay::add(raft::Entry entry) {
  if (entry.index > last().index.next()) {
    return fmt::format("found entry {} after entry {}: a gap", entry.index.value(),
                       last().index.value());
  }
  if (entry.index <= mark_.id.index) {
    return fmt::format("found entry {} after a snapshot up to entry {}", entry.index.value(),
                       mark_.id.index.value());
  }
  if (entry.index <= base_.index) {
    // The entry supersedes others in segments that have been removed, so the term of its
    // predecessor is unknown. It is not needed: the snapshot that allowed their removal reaches
    // further, and Log::open drops everything up to its end.
    entries_.clear();
    base_ = {raft::Term{0}, raft::Index{entry.index.value() - 1}};
  }
  entries_.resize(entry.index - base_.index.next());
  entries_.push_back(std::move(entry));
  return std::nullopt;
}

LogReplay::Wrong LogReplay::install(const SnapshotMark& mark) {
  const raft::EntryId end = mark.snapshot.id;
  if (end.index < mark_.id.index && !SEEDED_BUG("snapshot-goes-back")) {
    return "found a snapshot mark older than the one before it";
  }
  mark_ = mark.snapshot;
  // The writer recorded where the log ended from then on, so replay makes the same decision as the
  // writer did: keep the entries after the snapshot, or drop all of them.
  if (mark.last == last()) {
    if (end.index <= base_.index) return std::nullopt;
    const auto covered = static_cast<std::ptrdiff_t>(end.index - base_.index);
    if (entries_[static_cast<std::size_t>(covered) - 1].term != end.term) {
      return "found a snapshot mark that keeps entries of another history";
    }
    entries_.erase(entries_.begin(), entries_.begin() + covered);
  } else if (mark.last == end) {
    entries_.clear();
  } else {
    return "found a snapshot mark for another log";
  }
  base_ = end;
  return std::nullopt;
}

}  // namespace capsize::storage
