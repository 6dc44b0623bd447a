// One Raft replica as a pure state machine: no thread, socket, file, clock or randomness of its
// own.
//
// The driver supplies inputs (messages, time, proposals, reads, disk receipts). After each input,
// or after a batch of them, it takes one Ready and carries it out. Nothing here blocks or returns
// an error: a broken invariant fails a CHECK. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "node/raft/message.h"
#include "node/raft/ready.h"
#include "node/raft/recovered.h"
#include "node/raft/types.h"

namespace capsize::raft {

struct Config {
  NodeId id;
  // The initial configuration of a new cluster; one on disk takes precedence. Empty: this node
  // joins an existing cluster and waits until a leader adds it.
  std::vector<NodeId> voters;
  base::Duration election_timeout_min = std::chrono::milliseconds(150);
  base::Duration election_timeout_max = std::chrono::milliseconds(300);
  base::Duration heartbeat_interval = std::chrono::milliseconds(50);
  // A new commit index waits this long to be sent along with entries before it is sent alone. If no
  // entries come, followers apply that much later; a stream of single writes needs half the
  // messages.
  base::Duration commit_notice_delay{};
  bool pre_vote = true;           // thesis 9.6
  bool check_quorum = true;       // thesis 6.2: a leader without replies from a majority steps down
  bool leader_stickiness = true;  // thesis 4.2.3: no vote while a leader is known to be alive
  // Thesis 6.4.1. Reads may be stale if the assumption is violated (lease.h). Needs
  // leader_stickiness.
  bool lease_reads_assume_bounded_clock_drift = false;
  std::size_t append_entries_max = 1024;  // entries in one AppendEntries
  std::size_t append_bytes_max =
      1024 * 1024;  // payload bytes in one AppendEntries; one entry may exceed it
  // Unacknowledged payload bytes per follower at which the next AppendEntries waits: a follower
  // that lags far behind catches up in portions, so that clients and other followers are served as
  // well.
  std::size_t append_window_bytes = 256 * 1024;
  // Entries before a snapshot's end that stay in memory, so that a follower that lags only a little
  // is sent entries instead of the snapshot.
  std::uint64_t compaction_margin = 0;
  std::uint64_t compaction_margin_bytes = 16 * 1024 * 1024;  // of their payloads, at most
  std::size_t snapshot_piece_bytes = 256 * 1024;             // of content in one InstallSnapshot
  std::uint64_t incarnation = 1;
  std::uint64_t seed = 0;  // of this replica's own stream: hash(seed, "raft", id, incarnation)
  // Whether the state machine can restore a snapshot's content. Empty: accepts any content.
  std::function<bool(std::string_view)> accepts_state;
};

/// For status and metrics; cheap to copy.
struct SoftState {
  Role role = Role::kFollower;
  NodeId leader = kNoNode;
  Term term;
  NodeId vote = kNoNode;
  Index last, commit, applied, persisted;
  Index lost;                    // not 0: grants no vote (recovered.h)
  Index snapshot;                // last entry of the newest snapshot; 0 without one
  bool changes_members = false;  // leader: a change that began here is in progress
  NodeId successor = kNoNode;    // leader: the target of a transfer; nothing is proposed meanwhile
};

class Raft {
 public:
  Raft(Config config, Recovered recovered, base::Instant now);
  ~Raft();
  Raft(const Raft&) = delete;
  Raft& operator=(const Raft&) = delete;

  /// Processes any message. A message that no correct node sends to a node in this state is
  /// dropped; the cause is returned as one word, for counters (admission.cpp).
  std::optional<std::string_view> receive(const Message& message, base::Instant now);
  /// Elections, heartbeats, check quorum. Call at or after deadline(); calling early is harmless.
  void tick(base::Instant now);
  [[nodiscard]] base::Instant deadline() const;

  /// Leader only: appends an entry and returns its position; nullopt if this node is not the leader
  /// or is transferring leadership.
  std::optional<EntryId> propose(EntryType type, Bytes payload);
  /// Requests a linearizable read; ids must ascend. Works on any node: a follower asks the leader.
  /// Answered exactly once through Ready::reads.
  void read(std::uint64_t id, base::Instant now);
  /// Leader only: changes the configuration to `voters`; newcomers catch up first. Unless refused,
  /// answered exactly once through Ready::change. Precondition: is_voter_set(voters).
  [[nodiscard]] Refusal change_members(std::vector<NodeId> voters, base::Instant now);
  /// Leader only: transfers leadership to another voter. Until that voter leads, or a maximal
  /// election timeout has passed, nothing is proposed here (see SoftState::successor).
  [[nodiscard]] Refusal transfer_leadership(NodeId to, base::Instant now);
  /// Whether the entries that the disk had lost (Recovered::lost) are committed and on disk here.
  [[nodiscard]] bool may_restore_vote() const;
  /// From now on this node votes like any other. The operator requested it, and the driver has
  /// already made it durable. Precondition: may_restore_vote().
  void restore_vote();
  /// The latest configuration in the log, committed or not.
  [[nodiscard]] const Configuration& configuration() const;
  /// All batches up to the receipt's token are on disk.
  void persisted(const SyncReceipt& receipt);
  /// The state machine has applied up to `index`.
  void applied(Index index);
  /// Whether begin_snapshot() may be called: none is in progress, and entries were applied since
  /// the last one.
  [[nodiscard]] bool may_begin_snapshot() const;
  /// Begins a snapshot at the applied index. Precondition: take_ready() has taken all batches.
  [[nodiscard]] SnapshotBegun begin_snapshot();
  /// The snapshot, with its content, is on disk. Only now is the log compacted.
  void snapshot_saved(Snapshot snapshot);

  [[nodiscard]] Ready take_ready();
  [[nodiscard]] SoftState soft_state() const;

 private:
  struct Impl;  // the parts: raft_log.h, progress.h, read_queue.h, election, replication …
  std::unique_ptr<Impl> impl_;
};

}  // namespace capsize::raft
