// One Raft replica as a pure state machine: no thread, socket, file, clock or randomness of its
// own.
//
// The driver gives inputs (messages, time, proposals, reads, disk receipts) and after each, or
// after a batch of them, takes one Ready and carries it out. Nothing here blocks or fails: what
// must not happen is a CHECK.
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
  // The configuration of a cluster that begins; what the disk holds is newer. Empty: this node
  // joins one, and waits to be told.
  std::vector<NodeId> voters;
  base::Duration election_timeout_min = std::chrono::milliseconds(150);
  base::Duration election_timeout_max = std::chrono::milliseconds(300);
  base::Duration heartbeat_interval = std::chrono::milliseconds(50);
  // A commit index waits so long for entries to travel with, then it is sent by itself. When none
  // follow, followers apply that much later; a stream of single writes costs half the messages.
  base::Duration commit_notice_delay{};
  bool pre_vote = true;           // thesis 9.6
  bool check_quorum = true;       // thesis 6.2: a leader that hears no majority steps down
  bool leader_stickiness = true;  // thesis 4.2.3: no vote while a leader is known to be alive
  // Thesis 6.4.1. Reads are stale where it does not hold (lease.h). Needs leader_stickiness.
  bool lease_reads_assume_bounded_clock_drift = false;
  std::size_t append_entries_max = 1024;  // entries in one AppendEntries
  std::size_t append_bytes_max =
      1024 * 1024;  // payload bytes in one AppendEntries, at least one entry
  // Payload bytes under way to one follower, beyond which the next AppendEntries waits: whoever is
  // far behind is fed in portions, between which clients and other followers are served.
  std::size_t append_window_bytes = 256 * 1024;
  // Entries kept in memory behind a snapshot, so that a follower a little behind is sent entries.
  std::uint64_t compaction_margin = 0;
  std::uint64_t compaction_margin_bytes = 16 * 1024 * 1024;  // of their payloads, at most
  std::size_t snapshot_piece_bytes = 256 * 1024;             // of content in one InstallSnapshot
  std::uint64_t incarnation = 1;
  std::uint64_t seed = 0;  // of this replica's own stream: hash(seed, "raft", id, incarnation)
  // Whether the state machine can restore a snapshot's content. Empty: it can restore any.
  std::function<bool(std::string_view)> accepts_state;
  std::string bug;  // name of a seeded bug; read only where CAPSIZE_SEEDED_BUGS is defined
};

/// For status and metrics; a copy, cheap.
struct SoftState {
  Role role = Role::kFollower;
  NodeId leader = kNobody;
  Term term;
  NodeId vote = kNobody;
  Index last, commit, applied, persisted;
  Index lost;                    // not 0: grants no vote (recovered.h)
  Index snapshot;                // last entry of the newest snapshot; 0 without one
  bool changes_members = false;  // leader: a change that began here is under way
  NodeId successor = kNobody;  // leader: whom it hands leadership to; nothing is proposed meanwhile
};

class Raft {
 public:
  Raft(Config config, Recovered recovered, base::Instant now);
  ~Raft();
  Raft(const Raft&) = delete;
  Raft& operator=(const Raft&) = delete;

  /// Any message. One that no node which follows the rules sends to a node in this state is
  /// dropped, and its cause is returned, one word, to be counted (admission.cpp).
  std::optional<std::string_view> receive(const Message& message, base::Instant now);
  /// Elections, heartbeats, quorum check. Call at or after `deadline()`; calling early is harmless.
  void tick(base::Instant now);
  [[nodiscard]] base::Instant deadline() const;

  /// Leader only: appends and returns where; nothing when this node is not the leader
  /// or hands leadership over.
  std::optional<EntryId> propose(EntryType type, Bytes payload);
  /// Asks for a linearizable read under an id that only grows. Any node: a follower asks the
  /// leader. Answered once through Ready::reads.
  void read(std::uint64_t id, base::Instant now);
  /// Leader only: makes `voters` the configuration; newcomers catch up first. Answered through
  /// Ready::change, once, unless it is refused. Precondition: is_voter_set(voters).
  [[nodiscard]] Refusal change_members(std::vector<NodeId> voters, base::Instant now);
  /// Leader only: another voter shall lead. Until it does, or an election timeout is over, nothing
  /// is proposed here; SoftState::successor tells.
  [[nodiscard]] Refusal transfer_leadership(NodeId to, base::Instant now);
  /// Whether what the disk had lost (Recovered::lost) is there again: committed, and on disk here.
  [[nodiscard]] bool may_restore_vote() const;
  /// The operator says so: from now on this node votes like any other. The driver has made it
  /// durable before. Precondition: may_restore_vote().
  void restore_vote();
  /// The latest in the log, committed or not.
  [[nodiscard]] const Configuration& configuration() const;
  /// The disk holds everything up to the receipt's token.
  void persisted(const SyncReceipt& receipt);
  /// The state machine has applied up to `index`.
  void applied(Index index);
  /// Whether begin_snapshot() may be called: none is on its way, and there is something new.
  [[nodiscard]] bool may_begin_snapshot() const;
  /// A snapshot at the applied index. Precondition: everything was taken (take_ready).
  [[nodiscard]] SnapshotBegun begin_snapshot();
  /// It is on disk, with its content; the log is cut now, never before.
  void snapshot_saved(Snapshot snapshot);

  [[nodiscard]] Ready take_ready();
  [[nodiscard]] SoftState soft_state() const;

 private:
  struct Impl;  // the parts: raft_log.h, progress.h, read_queue.h, election, replication …
  std::unique_ptr<Impl> impl_;
};

}  // namespace capsize::raft
