// The implementation of Raft: its state, and the rules, one file per topic. Private to node/raft.
//
//   raft.cpp            the public interface, the term check of every message, roles
//   election.cpp        timers, pre-vote, votes, check quorum, leadership transfer
//   replication.cpp     the leader's half of AppendEntries, the commit rule
//   append_entries.cpp  the follower's half
//   membership.cpp      membership changes
//   compaction.cpp      own snapshots, both halves of InstallSnapshot
//   reads.cpp           ReadIndex, both halves
//   admission.cpp       refuses messages before all other rules
//   take_ready.cpp      what is sent at once, and what waits for the disk
//
// The log, the progress of each follower, quorums, read rounds and local reads are objects of their
// own; this file only connects them.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "base/prng.h"
#include "node/raft/configuration.h"
#include "node/raft/invariants.h"
#include "node/raft/lease.h"
#include "node/raft/local_reads.h"
#include "node/raft/membership_change.h"
#include "node/raft/progress.h"
#include "node/raft/quorum.h"
#include "node/raft/raft.h"
#include "node/raft/raft_log.h"
#include "node/raft/read_queue.h"
#include "node/raft/snapshot_transfer.h"
#include "node/raft/trace_buffer.h"

namespace capsize::raft {

struct Raft::Impl {
  Impl(Config given, Recovered recovered, base::Instant start);

  // raft.cpp
  void observe_time(base::Instant now) { now_ = std::max(now_, now); }
  void receive(const Message& message);
  /// Whether a seeded bug makes this node ignore the message.
  [[nodiscard]] bool ignores(const Message& message) const;
  void dispatch(const Message& message);
  void become_follower(Term term, NodeId leader);
  void set_role(Role role);
  void set_leader(NodeId leader);
  void set_term(Term term, NodeId vote);
  void check_invariants();
  [[nodiscard]] const Configuration& latest() const { return configurations_.latest(); }
  [[nodiscard]] base::Instant deadline() const;

  // admission.cpp
  [[nodiscard]] std::optional<std::string_view> why_refused(const Message& message) const;
  [[nodiscard]] bool contradicts_commit(const AppendEntries& request) const;

  // election.cpp
  void reset_election_timer();
  void on_election_timeout();
  [[nodiscard]] bool may_campaign() const;
  void become_pre_candidate();
  void become_candidate(bool transfer = false);
  void become_leader();
  void request_votes(const RequestVote& request);
  void count_own_vote();
  void act_on_tally();
  /// Whether the candidate may get this node's vote, if that is free.
  [[nodiscard]] bool is_qualified(const RequestVote& request) const;
  void on_request_vote(const Message& message, const RequestVote& request);
  void on_request_vote_reply(const Message& message, const RequestVoteReply& reply);
  [[nodiscard]] bool trusts_a_leader() const;
  [[nodiscard]] base::Instant heard_from_majority_at() const;
  [[nodiscard]] bool disk_hangs() const;

  // replication.cpp
  void tick_leader();
  void replicate_to_all();
  void replicate(NodeId to, Progress& progress);
  void send_append(NodeId to, Progress& progress, std::vector<Entry> entries);
  void on_append_entries_reply(const Message& message, const AppendEntriesReply& reply);
  [[nodiscard]] Index next_to_try(const AppendEntriesReply& refusal) const;
  void advance_commit_as_leader();
  void advance_commit(Index to);
  EntryId append_own(EntryType type, Bytes payload);
  /// The greatest value that a quorum has reached: `own` is this node's value, `of_peer` returns a
  /// follower's.
  template <class Value, class OfPeer>
  [[nodiscard]] Value reached(Value own, const OfPeer& of_peer) const {
    return reached_by_quorum(latest(), [&](NodeId voter) -> Value {
      return voter == id_ ? own : of_peer(peers_.at(voter));
    });
  }

  // append_entries.cpp
  void on_append_entries(const Message& message, const AppendEntries& request);
  void refuse_append(const Message& message, const AppendEntries& request);
  void accept_append(const Message& message, const AppendEntries& request);
  void store(const std::vector<Entry>& entries);

  void append_to_log(Entry entry);
  void truncate_log(Index from);

  // membership.cpp
  Refusal change_members(std::vector<NodeId> voters);
  void advance_change();
  [[nodiscard]] bool newcomers_caught_up();
  void finish_change(ChangeOutcome outcome);
  void append_configuration(const Configuration& configuration);
  void remove_departed_peers();
  void leave();

  // election.cpp, leadership transfer
  Refusal transfer_leadership(NodeId to);
  void offer_leadership();
  void on_timeout_now(const Message& message);

  // compaction.cpp
  [[nodiscard]] bool may_begin_snapshot() const;
  SnapshotBegun begin_snapshot();
  void snapshot_saved(Snapshot snapshot);
  /// The index up to which to compact the log after a snapshot up to `end`: `end` minus the margin.
  [[nodiscard]] Index margin_begin(Index end) const;
  void use_snapshot(Snapshot snapshot);
  void replicate_snapshot(NodeId to, Progress& progress);
  void on_install_snapshot(const Message& message, const InstallSnapshot& piece);
  void on_install_snapshot_reply(const Message& message, const InstallSnapshotReply& reply);
  void install(Snapshot snapshot);

  // reads.cpp
  void request_read_indexes();
  void begin_read_round();
  void renew_lease();
  void confirm_reads();
  void answer_read(const ReadQueue::Confirmed& confirmed);
  void abandon_reads();
  void on_read_index_request(const Message& message, const ReadIndexRequest& request);
  void on_read_index_reply(const ReadIndexReply& reply);
  void collect_reads(Ready& ready);
  [[nodiscard]] base::Duration read_patience() const { return config_.heartbeat_interval * 2; }

  // take_ready.cpp
  /// Every message reveals the term, so none is sent before the term (and the vote with it) is on
  /// disk: Figure 2, "updated on stable storage before responding to RPCs".
  void send(NodeId to, MessageBody body);
  void send_as(Term term, NodeId to, MessageBody body);
  /// For acknowledgements of entries: also waits until the log up to `index` is on disk.
  void send_when_durable(NodeId to, MessageBody body, Index index);
  [[nodiscard]] bool hard_state_durable() const {
    return !hard_state_dirty_ && hard_state_token_ <= synced_;
  }
  void persisted(const SyncReceipt& receipt);
  Ready take_ready();
  /// Up to which entry the next Ready applies.
  [[nodiscard]] Index end_to_apply() const;
  void collect_persist(Ready& ready);

  const Config config_;
  const NodeId id_;
  base::Prng random_;
  const base::Instant started_;
  base::Instant now_;
  RaftLog log_;
  Configurations configurations_;  // always in step with log_
  TraceBuffer trace_;
  Invariants invariants_;

  Index lost_;  // see Recovered::lost; 0: nothing is lost, and this node votes

  // Invariant: term and vote change together and are dirty until a batch takes them (M-65).
  HardState hard_state_;
  bool hard_state_dirty_ = false;
  SyncToken hard_state_token_;  // the batch that carries the current hard state
  SyncToken taken_, synced_;    // the last batch taken by the driver; the last one on disk
  base::Instant disk_moved_;    // the last receipt, or when an idle disk was given a batch

  Role role_ = Role::kFollower;
  NodeId leader_ = kNoNode;  // of the current term only: reset when the term changes (M-13)
  std::optional<base::Instant> leaderless_since_;
  base::Instant leader_heard_;  // last valid AppendEntries
  base::Instant election_deadline_;
  bool woke_late_ = false;

  VoteTally votes_;  // pre-candidate, candidate
  // Leader: all members except this node, newcomers that catch up, and departing members until
  // remove_departed_peers().
  std::map<NodeId, Progress> peers_;
  std::optional<MembershipChange> change_;
  std::optional<ChangeOutcome> change_outcome_;  // for the next Ready
  struct Transfer {
    NodeId to;
    base::Instant deadline;
    bool offered;
  };
  std::optional<Transfer> transfer_;
  Lease lease_;
  base::Instant next_heartbeat_;  // leader
  base::Instant notice_due_;      // leader: when a new commit index is sent alone
  bool notice_waits_ = false;     // leader: a new commit index waits for that, or for entries
  Index term_start_;              // leader: its no-op

  Index commit_, delivered_, applied_;  // applied <= delivered <= commit <= last

  // The newest one that this node may send. Invariant: log base <= snapshot <= applied.
  Snapshot snapshot_;
  std::uint32_t snapshot_checksum_ = 0;
  bool snapshot_begun_ = false;  // an own snapshot is being written
  Snapshot snapshot_to_write_;   // another node's, part of the next batch
  Snapshot restore_;             // another node's, for the state machine
  IncomingSnapshot incoming_;

  ReadQueue read_queue_;  // leader
  LocalReads local_reads_;
  std::vector<ReadReady> failed_reads_;

  std::vector<Message> messages_, waiting_for_disk_;
};

}  // namespace capsize::raft
