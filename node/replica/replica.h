// A whole node without its ports: Raft core, state machine, and the client requests that wait for
// either. As pure as the core: the driver (real processes) and the simulation run the same object.
//
//   inputs ──> Replica ──> Output: messages now, a batch for the disk, messages behind its receipt,
//                          replies to clients, trace lines
//
// Any node takes any request. A write is proposed here if this node leads, otherwise handed on to
// the leader once; without a leader it is refused (`fail`, "no-leader": neither appended nor handed
// on). A write that was handed on is given up (`info`, "lost") one maximal election timeout after
// the leader or the term changed, unless this node applies it before that. A read is linearizable
// on every node (ReadIndex, thesis 6.4).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "node/kv/command.h"
#include "node/raft/raft.h"
#include "node/replica/state.h"

namespace capsize::replica {

/// Names a client request within one incarnation of one node; the driver chooses it, growing.
using RequestId = base::StrongNumber<struct RequestIdTag>;

/// A write on its way to the leader. `id` is the origin's own and comes back in the reply.
struct Forward {
  RequestId id;
  std::uint64_t incarnation = 0;  // of the origin: an answer to an earlier life is dropped
  kv::Command command;
};
struct ForwardReply {
  RequestId id;
  std::uint64_t incarnation = 0;
  kv::Reply reply;
};

/// Everything that travels between nodes: Raft's own messages and forwarded requests.
struct PeerMessage {
  raft::NodeId from;
  raft::NodeId to;
  raft::Term term;
  std::variant<raft::MessageBody, Forward, ForwardReply> body;
};

/// Makes `voters` the members of the cluster (raft/membership.cpp). For the leader only: another
/// node refuses it. Answered when the new configuration is committed.
struct ChangeMembers {
  std::vector<raft::NodeId> voters;
};
/// Makes `to` the leader (raft/election.cpp). For the leader only. Answered when `to` leads.
struct TransferLeadership {
  raft::NodeId to;
};
/// A read that this node answers from its own state, whatever it may have missed. Not linearizable.
struct StaleRead {
  std::string key;
};
using ClientCommand = std::variant<kv::Command, ChangeMembers, TransferLeadership, StaleRead>;

struct ClientRequest {
  RequestId id;
  ClientCommand command;
};
struct ClientReply {
  RequestId id;
  kv::Reply reply;
  raft::NodeId leader = raft::kNobody;  // hint, may be stale
};

/// Messages that wait for the disk; only a receipt opens them (raft/ready.h).
struct PendingSync {
  raft::PersistBatch batch;
  raft::AfterSync messages;
};

/// A snapshot to be saved beside everything else: `content` may be encoded by another thread, once
/// the disk holds every batch up to `after`. Then Replica::snapshot_saved.
struct SnapshotJob {
  raft::SnapshotBegun begun;
  FrozenState content;
};

struct Output {
  std::vector<raft::TraceEvent> trace;  // first of all: write these down
  std::vector<PeerMessage> messages;    // may go now
  std::optional<PendingSync> sync;      // to the disk; its messages go with the receipt
  std::vector<ClientReply> replies;
  std::optional<SnapshotJob> snapshot;  // one at a time
};

struct Limits {
  std::size_t pending_requests_max = 16384;                   // over it: `fail`, "busy"
  base::Duration request_age_max = std::chrono::seconds(30);  // then `info`, "timeout"
  // Applied entries between two snapshots of the state machine; 0: none is ever taken.
  std::uint64_t snapshot_every = 10'000;
  // Or so many bytes of them, if that comes first: the log is in memory until it is cut.
  std::uint64_t snapshot_bytes = std::uint64_t{64} * 1024 * 1024;
  // Of the state machine's content: a command that would exceed it fails, "state-full". The same on
  // all nodes; another value is for tests.
  std::uint64_t store_bytes_max = kv::kStoreBytesMax;
};

class Replica {
 public:
  /// Precondition: a recovered snapshot is one that is_snapshot() accepts.
  Replica(raft::Config config, raft::Recovered recovered, Limits limits, base::Instant now);
  ~Replica();
  /// Can this version restore the state machine from these bytes?
  [[nodiscard]] static bool is_snapshot(std::string_view state);
  Replica(const Replica&) = delete;
  Replica& operator=(const Replica&) = delete;

  void receive(const PeerMessage& message, base::Instant now);
  void request(ClientRequest request, base::Instant now);
  void tick(base::Instant now);
  [[nodiscard]] base::Instant deadline() const;
  void persisted(const raft::SyncReceipt& receipt, base::Instant now);
  /// The last job's, with its content, is on disk, and nobody holds the job any more.
  void snapshot_saved(raft::Snapshot snapshot);
  /// The next output begins a snapshot, due or not: up to this entry, or a later one. Nothing if
  /// one is under way, or nothing was applied since the last.
  [[nodiscard]] std::optional<raft::Index> force_snapshot();

  /// See Raft::may_restore_vote and Raft::restore_vote.
  [[nodiscard]] bool may_restore_vote() const;
  void restore_vote();

  /// Everything that the inputs since the last call gave rise to.
  [[nodiscard]] Output take_output(base::Instant now);
  [[nodiscard]] raft::SoftState soft_state() const;
  [[nodiscard]] const raft::Configuration& configuration() const;
  [[nodiscard]] std::size_t pending_requests() const;
  /// Messages of peers that were dropped, by cause (Raft::receive).
  [[nodiscard]] std::map<std::string, std::uint64_t, std::less<>> dropped() const;
  /// Hash of the state machine's content: equal on all replicas at an equal applied index.
  [[nodiscard]] std::uint64_t state_hash() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace capsize::replica
