// The write-ahead log: hard state and entries in one chain of records, with one write and one sync
// for everything that is submitted together (log_format.h defines the bytes, log_recovery.h reads
// them). The chain continues from segment to segment; sync() removes the segments that a snapshot
// has made obsolete.
//
//   crash …                           what is on disk, and what recovery does
//   --------------------------------  -----------------------------------------------------------
//   while a segment is created        The segment is written to a temporary file, synced and
//                                     renamed: it exists with a complete header, or the previous
//                                     segment is still the last.
//   in sync()                         The tail may be torn. No receipt was issued for it, so it
//                                     may be lost. Recovery cuts it and saves the cut bytes.
//   after sync()                      Everything is there, and unless the machine stopped, the
//                                     sync mark covers it.
//   during recovery                   Recovery runs again. Cutting the same tail is idempotent.
//   while a snapshot is written       The old snapshot and the whole log (snapshot_store.h).
//   before its snapshot mark is       The new snapshot and the whole log. Recovery drops what the
//   in the log                        snapshot includes and writes the snapshot mark.
//   while segments are removed        Some obsolete segments are left. Recovery removes them.
//
// The sync mark (sync_mark.h) is a file beside the log that records up to where the log is synced.
// Everything below the mark may have been acknowledged and must be there. If it is not, the log is
// damaged (bit rot, a foreign write, a lost file): cutting it would silently drop acknowledged
// entries, so recovery refuses and reports file, offset and the entries affected. The hard state is
// a record of the log, so the same protects votes. Above the mark, recovery cuts a bad last record
// if missing bytes explain it and nothing valid follows.
//
// What recovery cannot distinguish, and what it does then:
//   - After a power loss the mark may be older than the last acknowledgement, by what was written
//     since the log was last idle or a segment began. Damage to the last record within that window
//     looks like a torn write if it leaves zeros where the record's last byte or one of its sectors
//     was (a hard state ends in zeros anyway). Recovery cuts it and saves the bytes. It refuses any
//     other damage.
//   - A power loss may persist a later sector of one write of several records without an earlier
//     sector. Recovery refuses that, to be on the safe side.
//   - A directory that was restored as a whole from an older copy, mark included, or that was
//     deleted, is consistent in itself. Only the other nodes can know better.
//
// If the operator accepts a loss (LogOptions::accept_lost, log_loss.h), the log is cut at the
// damage. The sync mark then records up to which index acknowledged entries may be missing. Each
// open() reports it until restore_vote(), and the node grants no votes in the meantime
// (raft/recovered.h explains why that is safe).
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

/// The first index of each term in a log: enough to decide what a snapshot leaves of the log
/// without keeping the entries. Its size grows with the number of elections, not of entries.
class TermOutline {
 public:
  /// An empty log whose first entry will follow `base`.
  explicit TermOutline(raft::EntryId base = {}) : begins_{base}, last_(base) {}

  /// The last entry, or the base.
  [[nodiscard]] raft::EntryId last() const { return last_; }
  /// nullopt before the base and after the last entry.
  [[nodiscard]] std::optional<raft::Term> term(raft::Index index) const;

  /// An entry at or below last() supersedes the log from its index on.
  /// Precondition: base < entry.index <= last().index + 1.
  void append(raft::EntryId entry);
  /// A snapshot up to `end` replaces the log up to there. The entries after it stay if the log has
  /// exactly that entry (same index and term), for then it has the same history (Log Matching,
  /// paper 5.3). Otherwise all of them are dropped (paper, Figure 13, steps 6 and 7).
  void install(raft::EntryId end);

 private:
  std::vector<raft::EntryId> begins_;  // the base, then the first entry of each further term
  raft::EntryId last_;
};

struct LogOptions {
  /// Once a segment has grown to this size, the next batch goes to a new one.
  std::uint64_t segment_bytes = std::uint64_t{64} * 1024 * 1024;
  /// If set, the operator accepts that acknowledged entries are lost, and open() cuts a damaged
  /// log. The value is this node's id: the node votes for itself in the last known term, so that it
  /// cannot vote for another candidate there.
  std::optional<raft::NodeId> accept_lost{};
};

class Log {
 public:
  struct Opened {
    std::unique_ptr<Log> log;
    std::shared_ptr<SnapshotStore> snapshots;
    raft::Recovered recovered;
    std::uint64_t bytes_cut = 0;
    std::string cut_file;  // where they are saved; empty if nothing was cut
    std::string loss;      // what was lost, and the file that records it; empty without a loss
  };
  /// Recovers the log in `directory`, or creates one. What it returns is synced: bytes that a
  /// killed process had written but not synced are on disk before the node acts on them.
  [[nodiscard]] static std::variant<Opened, CorruptLog, IoFailure> open(
      FileSystem& files, const std::string& directory, LogOptions options = {});

  /// Adds one batch to what the next sync() writes. Performs no I/O.
  void add(const raft::PersistBatch& batch);
  /// The node's own snapshot is on disk: the next sync() also writes its snapshot mark and compacts
  /// the log. Precondition: the log up to the snapshot's last entry, or a newer snapshot, is on
  /// disk.
  void mark(const raft::LogPoint& snapshot);
  /// One write, one sync. Does nothing if nothing was added. If a batch contains another node's
  /// snapshot, the order is: records before it, the snapshot, its mark with the records after it.
  /// Finally removes the segments that a marked snapshot has made obsolete. After an error the log
  /// must not be used any more (CHECK).
  [[nodiscard]] base::Status sync();
  /// Makes the sync mark survive a power loss: at a clean stop, and when the log is idle.
  [[nodiscard]] base::Status settle();
  /// The lost acknowledged entries have been replicated again: durably clears the record of the
  /// loss.
  [[nodiscard]] base::Status restore_vote();

 private:
  /// A snapshot to make durable (or none), then records.
  struct Part {
    raft::Snapshot snapshot;
    std::string records;
  };
  struct Segment {
    std::uint64_t number;
    raft::Index begin;  // the log's last entry when the segment was created
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
  std::deque<Segment> segments_;  // all on disk; the last is open for writing
  std::optional<SegmentWriter> writer_;
  std::optional<SyncMarkWriter> marks_;
  std::shared_ptr<SnapshotStore> snapshots_;

  // The state of the log including all batches added since the last sync().
  raft::HardState hard_state_;
  TermOutline outline_;
  raft::Index lost_;            // acknowledged entries up to here may be missing
  raft::Index snapshot_;        // last index of the newest marked snapshot
  std::uint32_t previous_ = 0;  // checksum of the last record

  std::vector<Part> parts_{1};  // added since the last sync, in this order
  bool marked_ = false;         // since the last sync
  bool failed_ = false;
};

}  // namespace capsize::storage
