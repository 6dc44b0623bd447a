// The write-ahead log: hard state and entries in one chain of records, one write and one sync for
// everything that is submitted together (log_format.h has the bytes, log_recovery.h reads them).
// The chain continues from segment to segment; those that a snapshot has made superfluous are
// removed.
//
// What happens at a crash
//   - While a segment is begun: it is written aside, synced, renamed. Either it is there with a
//     whole header, or the one before it is still the last.
//   - In sync(): the tail is torn. No receipt was given for it, so it may be lost; recovery keeps
//     the cut bytes beside the log.
//   - After sync(): everything is there, and unless the machine stops, the mark says so.
//   - In recovery: it is done again. Cutting the same tail is idempotent.
//   - While a snapshot is written: the old snapshot and the whole log are there (snapshot_store.h).
//   - Before its mark is in the log: the new snapshot and the whole log are there. Recovery drops
//     what the snapshot includes, and writes the mark.
//   - While segments are removed: some are there that nothing needs; recovery removes them.
//
// What the log was synced up to is in a mark beside it (sync_mark.h). Below the mark everything was
// perhaps acknowledged and has to be there: anything else is damage (bit rot, a foreign write, a
// lost file), and cutting it would silently drop what was promised, so recovery refuses with file,
// offset and what is affected. The hard state is a record of the log, so votes are covered, too.
// Above the mark a bad last record is cut, if missing bytes explain it and nothing valid follows.
//
// What cannot be told apart, and what happens then:
//   - After a power loss the mark may be older than the last acknowledgement, by what was written
//     since the log was last idle or a segment began. Damage within that window to the last record
//     looks like a torn write if it leaves zeros where the record's last byte or one of its sectors
//     was (a hard state ends in zeros anyway). It is cut, and kept aside. Any other is refused.
//   - A power loss may leave a later sector of one torn write of several records without an earlier
//     one. That is refused, on the safe side.
//   - A directory that comes back whole in an older state, mark included, or is gone, looks as it
//     did then. Only the other nodes know better.
//
// A loss that an operator accepts (LogOptions::accept_lost, log_loss.h) cuts the log at the damage.
// The mark then says up to which entry acknowledged ones may be missing, at each open() until
// restore_vote(), and the node grants no vote meanwhile (raft/recovered.h says why that is safe).
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
#include "node/storage/sync_mark.h"

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
  /// The operator accepts that acknowledged entries are lost: a damaged log is cut. This node, for
  /// it takes its own vote in the last term.
  std::optional<raft::NodeId> accept_lost{};
};

class Log {
 public:
  struct Opened {
    std::unique_ptr<Log> log;
    std::shared_ptr<SnapshotStore> snapshots;
    raft::Recovered recovered;
    std::uint64_t bytes_cut = 0;
    std::string cut_file;  // where they are kept; empty when nothing was cut
    std::string loss;      // what was lost, and the file that says it; empty without accept_lost
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
  /// Makes the mark survive the machine: at a clean stop, and when there is nothing else to do.
  [[nodiscard]] base::Status settle();
  /// The acknowledged entries that were lost are there again: durably forgets that they were.
  [[nodiscard]] base::Status restore_vote();

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
  [[nodiscard]] base::Status rotate();
  [[nodiscard]] SyncMark mark_now() const;
  [[nodiscard]] base::Status remove_segments();
  [[nodiscard]] std::string& records() { return parts_.back().records; }

  FileSystem& files_;
  const std::string directory_;
  const LogOptions options_;
  std::deque<Segment> segments_;  // all that are there; the last is being written
  std::optional<SegmentWriter> writer_;
  std::optional<SyncMarkWriter> marks_;
  std::shared_ptr<SnapshotStore> snapshots_;

  // What the log holds with all that was added.
  raft::HardState hard_state_;
  TermOutline outline_;
  raft::Index lost_;            // acknowledged entries up to here may be missing
  raft::Index snapshot_;        // the last entry of the newest one that is marked
  std::uint32_t previous_ = 0;  // checksum of the last record

  std::vector<Part> parts_{1};  // added since the last sync, in this order
  bool marked_ = false;         // since the last sync
  bool failed_ = false;
};

}  // namespace capsize::storage
