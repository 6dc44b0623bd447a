// Reads a log back, segment by segment. Pure and total: any bytes give a state or CorruptLog.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "node/storage/log_errors.h"
#include "node/storage/log_format.h"

namespace capsize::storage {

/// What the segments that were read so far come to.
class LogReplay {
 public:
  /// Reads on in the next segment of the log; the first one sets where the log begins. `path` is
  /// only named in errors. Behind the last record there may be zeros, and in the `newest` segment a
  /// torn tail, see torn_bytes(). Anything else is CorruptLog; the replay is of no use then.
  ///
  /// A bad record is a torn tail only if nothing valid follows it. Cost: one pass; after a bad
  /// record one checksum attempt at each following multiple of 8 whose header is plausible.
  [[nodiscard]] std::optional<CorruptLog> read(std::string_view segment, bool newest,
                                               const std::string& path);

  [[nodiscard]] std::uint64_t number() const { return header_.number; }
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
  [[nodiscard]] Wrong replay(const Record& record);
  [[nodiscard]] Wrong add(raft::Entry entry);
  [[nodiscard]] Wrong install(const SnapshotMark& mark);

  SegmentHeader header_{.number = 0};
  raft::HardState hard_state_;
  raft::EntryId base_;
  std::vector<raft::Entry> entries_;
  raft::LogPoint mark_;
  std::uint32_t previous_ = 0;
  std::uint64_t valid_bytes_ = 0;
  std::uint64_t torn_bytes_ = 0;
};

}  // namespace capsize::storage
