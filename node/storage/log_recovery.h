// Reads a log back, segment by segment. Pure and total: any bytes give a state or CorruptLog.
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

/// What the segments that were read so far come to.
class LogReplay {
 public:
  LogReplay() = default;
  /// `mark`: up to where the log is synced, see read().
  explicit LogReplay(const SyncMark& mark) : synced_(mark) {}

  /// Reads on in the next segment of the log; the first one sets where the log begins. `path` is
  /// only named in errors. Behind the last record there may be zeros, and in the `newest` segment a
  /// torn tail, see torn_bytes(). Anything else is CorruptLog; what the replay has come to is then
  /// the log before the offset that it names.
  ///
  /// A bad record is a torn tail only if it lies above the mark, lacks bytes, and nothing valid
  /// follows it. Cost: one pass; after a bad record one checksum attempt at each following multiple
  /// of 8 whose header is plausible.
  [[nodiscard]] std::optional<CorruptLog> read(std::string_view segment, bool newest,
                                               const std::string& path);

  [[nodiscard]] std::uint64_t number() const { return header_.number; }
  [[nodiscard]] std::uint32_t version() const { return header_.version; }
  [[nodiscard]] const raft::HardState& hard_state() const { return hard_state_; }
  /// The entries that are known, without gaps, and the one before them. Its term is 0 where nothing
  /// says it: then a snapshot reaches further.
  [[nodiscard]] raft::EntryId base() const { return base_; }
  [[nodiscard]] std::vector<raft::Entry>& entries() { return entries_; }
  [[nodiscard]] raft::EntryId last() const {
    return entries_.empty() ? base_ : entries_.back().id();
  }
  /// The newest snapshot that the log says is on disk.
  [[nodiscard]] const raft::LogPoint& mark() const { return mark_; }
  /// In the segment read last: the end of its records, and how many bytes behind it are torn.
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

/// The next multiple of 8 after `offset` at which a record can be recognised.
[[nodiscard]] std::optional<std::size_t> find_valid_record(std::string_view bytes,
                                                           std::size_t offset);
/// "entries 6 to 9, and votes up to term 3": what the log says up to the mark and a log that ends
/// with `last` does not.
[[nodiscard]] std::string affected(raft::Index last, raft::Index synced, raft::Term term);

}  // namespace capsize::storage
