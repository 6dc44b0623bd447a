// A complete node without its ports: Raft core, state machine, and the client requests that wait
// for either. As pure as the core: real processes (app/driver.h) and the simulation run the same
// object.
//
//   inputs ──> Replica ──> Output: messages to send now; a batch for the disk, and the messages to
//                          send after its receipt; replies to clients; trace lines
//
// Any node accepts any request. A write is proposed here if this node leads, otherwise forwarded to
// the leader once; without a leader it is refused (`fail`, "no-leader": neither appended nor
// forwarded). A forwarded write is answered `info`, "lost" one maximal election timeout after the
// leader or the term changed, unless this node applies its entry before that. A read is
// linearizable on every node (ReadIndex, thesis 6.4).
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

/// Identifies a client request within one incarnation of one node. The driver assigns ascending
/// ids.
using RequestId = base::StrongNumber<struct RequestIdTag>;

/// A write forwarded to the leader. `id` is assigned by the origin and echoed in the reply.
struct Forward {
  RequestId id;
  std::uint64_t incarnation = 0;  // the origin's: it drops replies to an earlier incarnation
  kv::Command command;
};
struct ForwardReply {
  RequestId id;
  std::uint64_t incarnation = 0;
  kv::Reply reply;
};

/// All messages between nodes: Raft's own, and forwarded requests.
struct PeerMessage {
  raft::NodeId from;
  raft::NodeId to;
  raft::Term term;
  std::variant<raft::MessageBody, Forward, ForwardReply> body;
};

/// Changes the members of the cluster to `voters` (raft/membership.cpp). Only the leader accepts
/// it. Answered when the new configuration is committed.
struct ChangeMembers {
  std::vector<raft::NodeId> voters;
};
/// Transfers leadership to `to` (raft/election.cpp). Only the leader accepts it. Answered when `to`
/// leads.
struct TransferLeadership {
  raft::NodeId to;
};
/// A read that this node answers from its own state, which may be stale. Not linearizable.
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
  raft::NodeId leader = raft::kNoNode;  // hint, may be stale
};

/// A batch, and the messages that wait for it; only a receipt releases them (raft/ready.h).
struct PendingSync {
  raft::PersistBatch batch;
  raft::AfterSync messages;
};

/// A snapshot to be saved concurrently. Another thread may encode `content`, once all batches up to
/// `begun.after` are on disk. When the snapshot is durable, call Replica::snapshot_saved.
struct SnapshotJob {
  raft::SnapshotBegun begun;
  FrozenState content;
};

struct Output {
  std::vector<raft::TraceEvent> trace;  // write these before anything below takes effect
  std::vector<PeerMessage> messages;    // send now
  std::optional<PendingSync> sync;      // write to the disk; send its messages after the receipt
  std::vector<ClientReply> replies;
  std::optional<SnapshotJob> snapshot;  // one at a time
};

struct Limits {
  std::size_t pending_requests_max = 16384;                   // further ones: `fail`, "busy"
  base::Duration request_age_max = std::chrono::seconds(30);  // then `info`, "timeout"
  // Applied entries between two snapshots of the state machine; 0: no automatic snapshots.
  std::uint64_t snapshot_every = 10'000;
  // Applied bytes at which a snapshot is due earlier: the log stays in memory until it is
  // compacted.
  std::uint64_t snapshot_bytes = std::uint64_t{64} * 1024 * 1024;
  // Bound of the state machine's content: a command that would exceed it fails, "state-full". Must
  // be the same on all nodes; only tests change it.
  std::uint64_t store_bytes_max = kv::kStoreBytesMax;
};

class Replica {
 public:
  /// Precondition: is_snapshot() accepts the recovered snapshot, if there is one.
  Replica(raft::Config config, raft::Recovered recovered, Limits limits, base::Instant now);
  ~Replica();
  /// Whether this version can restore the state machine from these bytes.
  [[nodiscard]] static bool is_snapshot(std::string_view state);
  Replica(const Replica&) = delete;
  Replica& operator=(const Replica&) = delete;

  void receive(const PeerMessage& message, base::Instant now);
  void request(ClientRequest request, base::Instant now);
  void tick(base::Instant now);
  [[nodiscard]] base::Instant deadline() const;
  void persisted(const raft::SyncReceipt& receipt, base::Instant now);
  /// The snapshot of the last job, with its content, is on disk. Precondition: the job is
  /// destroyed, since this thaws the state machine.
  void snapshot_saved(raft::Snapshot snapshot);
  /// Makes the next output begin a snapshot, due or not. Returns the index that it will include, or
  /// exceed; nullopt if one is in progress or nothing was applied since the last.
  [[nodiscard]] std::optional<raft::Index> force_snapshot();

  /// See Raft::may_restore_vote and Raft::restore_vote.
  [[nodiscard]] bool may_restore_vote() const;
  void restore_vote();

  /// The result of all inputs since the last call.
  [[nodiscard]] Output take_output(base::Instant now);
  [[nodiscard]] raft::SoftState soft_state() const;
  [[nodiscard]] const raft::Configuration& configuration() const;
  [[nodiscard]] std::size_t pending_requests() const;
  /// Counts of dropped peer messages, by cause (Raft::receive).
  [[nodiscard]] std::map<std::string, std::uint64_t, std::less<>> dropped() const;
  /// Hash of the state machine's content: equal on all replicas at the same applied index.
  [[nodiscard]] std::uint64_t state_hash() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace capsize::replica
