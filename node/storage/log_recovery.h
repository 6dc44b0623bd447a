// Reads a log back, segment by segment. Pure and total: any bytes yield a state or CorruptLog.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "node/storage/log_errors.h"
#include "node/storage/log_format.h"
#include "node/storage/sync_mark.h"

namespace capsize::storage {

/// The state of the log after the segments read so far.
class LogReplay {
 public:
  LogReplay() = default;
  /// `mark`: up to where the log is synced, see read(). Without it nothing is known to be synced.
  explicit LogReplay(const SyncMark& mark) : synced_(mark) {}

  /// Replays the next segment of the log; the first one determines where the log begins. `path` is
  /// used in errors only. After the last record there may be zeros, and in the `newest` segment a
  /// torn tail, see torn_bytes(). Anything else is CorruptLog; the replay then holds the log up to
  /// the offset that the error names.
  ///
  /// A bad record counts as a torn tail only if it is above the mark, lacks bytes, and nothing
  /// valid follows it. Cost: one pass; after a bad record, one checksum attempt at each following
  /// multiple of 8 whose header is plausible.
  [[nodiscard]] std::optional<CorruptLog> read(std::string_view segment, bool newest,
                                               const std::string& path);

  [[nodiscard]] std::uint64_t number() const { return header_.number; }
  [[nodiscard]] std::uint32_t version() const { return header_.version; }
  [[nodiscard]] const raft::HardState& hard_state() const { return hard_state_; }
  /// The entry before entries(), which has no gaps. Its term is 0 if the log no longer records it:
  /// a snapshot then reaches further.
  [[nodiscard]] raft::EntryId base() const { return base_; }
  [[nodiscard]] std::vector<raft::Entry>& entries() { return entries_; }
  [[nodiscard]] raft::EntryId last() const {
    return entries_.empty() ? base_ : entries_.back().id();
  }
  /// The newest snapshot that the log records as being on disk.
  [[nodiscard]] const raft::LogPoint& mark() const { return mark_; }
  /// In the segment read last: the end of its records, and the number of torn bytes after it.
  [[nodiscard]] std::uint64_t valid_bytes() const { return valid_bytes_; }
  [[nodiscard]] std::uint64_t torn_bytes() const { return torn_bytes_; }
  [[nodiscard]] std::uint32_t last_checksum() const { return previous_; }

 private:
  using Wrong = std::optional<std::string>;
  [[nodiscard]] Wrong begin(std::string_view segment);
  [[nodiscard]] std::uint64_t synced_end() const;
  [[nodiscard]] Wrong end_of_records(std::string_view segment, std::size_t at, bool newest);
  [[nodiscard]] Wrong below_mark(std::string_view found) const;
  [[nodiscard]] Wrong replay(const Record& record);
  [[nodiscard]] Wrong add(raft::Entry entry);
  [[nodiscard]] Wrong install(const SnapshotMark& mark);

  SyncMark synced_;
  SegmentHeader header_{.number = 0};
  raft::HardState hard_state_;
  raft::EntryId base_;
  std::vector<raft::Entry> entries_;
  raft::LogPoint mark_;
  std::uint32_t previous_ = 0;
  std::uint64_t valid_bytes_ = 0;
  std::uint64_t torn_bytes_ = 0;
};

/// The next multiple of 8 after `offset` at which a valid record starts.
[[nodiscard]] std::optional<std::size_t> find_valid_record(std::string_view bytes,
                                                           std::size_t offset);
/// "entries 6 to 9, and votes up to term 3": what the log had up to the mark (`synced`, `term`) and
/// a log that ends with `last` lacks.
[[nodiscard]] std::string affected(raft::Index last, raft::Index synced, raft::Term term);

}  // namespace capsize::storage
