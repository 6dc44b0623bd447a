// A disk that keeps what was synced and, when its node crashes, forgets the rest: all of it, or all
// but the first few writes, as a real one may. A sync takes the writes that were there when it
// began and proves nothing until it ends.
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
  /// Everything written so far; give it to end_sync later.
  [[nodiscard]] raft::SyncToken begin_sync() const;
  [[nodiscard]] raft::SyncReceipt end_sync(raft::SyncToken token);
  [[nodiscard]] bool has_unsynced() const { return !unsynced_.empty(); }
  /// In writes: a batch with a snapshot is three of them (hard state; snapshot; entries), for a
  /// crash may come in between.
  [[nodiscard]] std::size_t unsynced() const;

  /// A snapshot of the node's own, written beside the log: it is on disk, and the log is cut behind
  /// it. One that is older than what is there changes nothing.
  void save(const raft::Snapshot& snapshot);

  /// The node dies. `kept`: how many of the unsynced writes reached the disk after all.
  void crash(std::size_t kept);
  /// Of a node that is down: only the first `kept` entries after the snapshot are left, and an
  /// operator accepts it (raft/recovered.h). Precondition: 1 <= kept <= entries.
  void lose(std::size_t kept, raft::NodeId self);
  [[nodiscard]] raft::Recovered recover() const { return durable_; }
  /// Nothing is missing any more.
  void restore_vote() { durable_.lost = {}; }
  [[nodiscard]] const LogMirror& durable_log() const { return mirror_; }
  [[nodiscard]] const raft::HardState& durable_hard_state() const { return durable_.hard_state; }

 private:
  /// The next write of the first batch; the batch goes with its last one.
  void keep_one();

  raft::Recovered durable_;
  LogMirror mirror_;
  std::deque<raft::PersistBatch> unsynced_;
};

}  // namespace capsize::simulation
