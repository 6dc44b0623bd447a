// A simulated disk that keeps synced writes. When its node crashes it loses the unsynced ones: all
// of them, or all but the first few, as a real disk may. A sync covers the writes that were there
// when it began, and guarantees nothing until it ends.
#pragma once

#include <deque>
#include <vector>

#include "node/raft/raft.h"
#include "node/raft/ready.h"
#include "node/simulation/log_mirror.h"

namespace capsize::simulation {

class VirtualDisk : private raft::SyncReceiptIssuer {
 public:
  void write(raft::PersistBatch batch);
  /// Begins a sync of all writes so far; pass the token to end_sync() later.
  [[nodiscard]] raft::SyncToken begin_sync() const;
  [[nodiscard]] raft::SyncReceipt end_sync(raft::SyncToken token);
  [[nodiscard]] bool has_unsynced() const { return !unsynced_.empty(); }
  /// The number of unsynced writes. A batch with a snapshot counts as three (hard state; snapshot;
  /// entries), since a crash may come between them.
  [[nodiscard]] std::size_t unsynced() const;

  /// The node's own snapshot is on disk: compacts the log up to it. Does nothing if the snapshot on
  /// disk is newer.
  void save(const raft::Snapshot& snapshot);

  /// The node crashes. `kept`: how many of the unsynced writes reached the disk all the same.
  void crash(std::size_t kept);
  /// Loses all but the first `kept` entries after the snapshot, which an operator accepts
  /// (raft/recovered.h). Precondition: the node is down, and 1 <= kept <= number of entries.
  void lose(std::size_t kept, raft::NodeId self);
  [[nodiscard]] raft::Recovered recover() const { return durable_; }
  /// The lost entries are there again.
  void restore_vote() { durable_.lost = {}; }
  [[nodiscard]] const LogMirror& durable_log() const { return mirror_; }
  [[nodiscard]] const raft::HardState& durable_hard_state() const { return durable_.hard_state; }

 private:
  /// Makes the next write of the first batch durable; removes the batch after its last write.
  void persist_one();

  raft::Recovered durable_;
  LogMirror mirror_;
  std::deque<raft::PersistBatch> unsynced_;
};

}  // namespace capsize::simulation
