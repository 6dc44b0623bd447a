// The write-ahead log: hard state and entries in one chain of records, one write and one sync for
// everything that is handed over together (log_format.h has the bytes, log_recovery.h reads them).
// The chain goes on from segment to segment; those that a snapshot has made superfluous are
// removed.
//
// What happens at a crash
//   while a segment is begun       it is written aside, synced, renamed: either it is there with a
//                                  whole header, or the one before it is still the last
//   in append()                    the tail is torn. No receipt was given for it, so it may be
//   lost;
//                                  recovery keeps the cut bytes beside the log
//   after append()                 everything is there
//   in recovery                    it is done again: cutting the same tail is idempotent
//   while a snapshot is written    the old snapshot and the whole log are there (snapshot_store.h)
//   before its mark is in the log  the new snapshot and the whole log: recovery drops what the
//                                  snapshot includes, and writes the mark
//   while segments are removed     some are there that nothing needs; recovery removes them
//
// A bad record is cut only in the last segment, and only if nothing valid follows it. Otherwise it
// is damage (bit rot, a foreign write), and cutting would silently drop what was promised: recovery
// refuses with file and offset. A power loss may leave a later page of one torn write without an
// earlier one; that is refused too, on the safe side.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "node/raft/raft.h"
#include "node/raft/types.h"
#include "node/storage/file_system.h"
#include "node/storage/log_errors.h"
#include "node/storage/segment.h"
#include "node/storage/snapshot_store.h"

namespace capsize::storage {

/// Where each term of a log begins: enough to say what a snapshot leaves of the log, without the
/// entries. As small as the number of elections.
class TermOutline {
 public:
  /// An empty log behind `base`.
  explicit TermOutline(raft::EntryId base = {}) : begins_{base}, last_(base) {}

  /// The last entry, or the base.
  [[nodiscard]] raft::EntryId last() const { return last_; }
  /// Nothing before the base and behind the end.
  [[nodiscard]] std::optional<raft::Term> term(raft::Index index) const;

  /// One at or below the last supersedes the log from there on.
  /// Precondition: base < entry.index <= last().index + 1.
  void append(raft::EntryId entry);
  /// A snapshot up to `end` takes the place of the log up to there. What follows stays if the log
  /// has that very entry, for then it has the same history; otherwise all of it goes.
  void install(raft::EntryId end);

 private:
  std::vector<raft::EntryId> begins_;  // the base, then the first entry of each further term
  raft::EntryId last_;
};

struct LogOptions {
  /// A segment that has grown to this ends with the batch that is being written.
  std::uint64_t segment_bytes = std::uint64_t{64} * 1024 * 1024;
};

class Log {
 public:
  struct Opened {
    std::unique_ptr<Log> log;
    std::shared_ptr<SnapshotStore> snapshots;
    raft::Recovered recovered;
    std::uint64_t bytes_cut = 0;
    std::string cut_file;  // where they are kept; empty when nothing was cut
  };
  /// Recovers what is in `directory`, or begins a log there. What it returns is synced: also bytes
  /// that a killed process had written and never synced are on disk before anyone acts on them.
  [[nodiscard]] static std::variant<Opened, CorruptLog, IoFailure> open(
      FileSystem& files, const std::string& directory, LogOptions options = {});

  /// Adds one batch to what the next sync() writes. Touches no file.
  void add(const raft::PersistBatch& batch);
  /// A snapshot of the node's own is on disk: with what the next sync() writes, the log is cut
  /// behind it. Precondition: all of the log up to its last entry is on disk, or a newer snapshot.
  void mark(const raft::LogPoint& snapshot);
  /// One write, one sync. Does nothing when nothing was added. If a snapshot was, then in this
  /// order: what came before it, the snapshot, its mark with what came behind it. Last, the
  /// segments that a marked snapshot made superfluous are removed. After an error the log must not
  /// be used again (CHECK).
  [[nodiscard]] base::Status sync();

 private:
  /// A snapshot to make durable (or none), then records.
  struct Part {
    raft::Snapshot snapshot;
    std::string records;
  };
  struct Segment {
    std::uint64_t number;
    raft::Index begin;  // the log's last entry when it was begun
  };

  Log(FileSystem& files, std::string directory, LogOptions options)
      : files_(files), directory_(std::move(directory)), options_(options) {}

  friend class LogOpening;

  void add_mark(const raft::LogPoint& snapshot);
  [[nodiscard]] base::Status write(const Part& part);
  [[nodiscard]] base::Status begin_segment();
  [[nodiscard]] base::Status remove_segments();
  [[nodiscard]] std::string& records() { return parts_.back().records; }

  FileSystem& files_;
  const std::string directory_;
  const LogOptions options_;
  std::deque<Segment> segments_;  // all that are there; the last is being written
  std::optional<SegmentWriter> writer_;
  std::shared_ptr<SnapshotStore> snapshots_;

  // What the log holds with all that was added.
  raft::HardState hard_state_;
  TermOutline outline_;
  raft::Index snapshot_;        // the last entry of the newest one that is marked
  std::uint32_t previous_ = 0;  // checksum of the last record

  std::vector<Part> parts_{1};  // added since the last sync, in this order
  bool marked_ = false;         // since the last sync
  bool failed_ = false;
};

}  // namespace capsize::storage
