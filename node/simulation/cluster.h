// A whole cluster in one thread and in virtual time: real Replicas on simulated ports. The seed
// determines everything, so the same seed replays exactly. The cluster's invariants are checked
// after every step.
//
//   clients ── request() ──> Replica ──> VirtualDisk     (slow syncs, loses unsynced writes)
//                               └──────> VirtualNetwork  (loss, duplication, reordering, cuts)
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/prng.h"
#include "node/replica/replica.h"
#include "node/simulation/cluster_invariants.h"
#include "node/simulation/virtual_disk.h"
#include "node/simulation/virtual_network.h"
#include "node/simulation/virtual_time.h"

namespace capsize::simulation {

/// Receives all state transitions of all nodes, in the order of virtual time.
using TraceSink = std::function<void(raft::NodeId node, std::uint64_t incarnation,
                                     const std::vector<raft::TraceEvent>& events, base::Instant)>;

struct ClusterOptions {
  std::uint64_t seed = 1;
  std::uint32_t nodes = 3;
  std::uint32_t spares = 0;  // further nodes, not members until they are added
  raft::Config config;       // a template: id, voters, incarnation and seed are filled in
  replica::Limits limits;
  NetworkOptions network;
  base::Duration sync_max = std::chrono::milliseconds(3);
  base::Duration snapshot_max = std::chrono::milliseconds(50);  // longest time to save a snapshot
  base::Duration work_max = std::chrono::microseconds(200);  // longest time a node batches inputs
  std::int64_t clock_drift_ppm_max = 0;
  TraceSink trace{};
};

class Cluster {
 public:
  using Callback = std::function<void(const kv::Reply&)>;

  explicit Cluster(const ClusterOptions& options);

  [[nodiscard]] EventQueue& events() { return events_; }
  [[nodiscard]] VirtualNetwork& network() { return network_; }
  [[nodiscard]] const ClusterInvariants& invariants() const { return invariants_; }
  /// The number of nodes, including spares.
  [[nodiscard]] std::uint32_t size() const { return options_.nodes + options_.spares; }

  /// A client's request to one node. Calls `callback` exactly once: with `fail`, "down" if the node
  /// is down, with `info`, "lost" if it crashes before it replies.
  void request(raft::NodeId node, replica::ClientCommand command, Callback callback);

  void crash(raft::NodeId node);
  void restart(raft::NodeId node);
  /// Suspends and resumes the process, like SIGSTOP and SIGCONT; inputs in between are queued.
  void pause(raft::NodeId node);
  void resume(raft::NodeId node);
  void set_sync_max(base::Duration sync_max) { options_.sync_max = sync_max; }
  /// No further sync of the node's disk completes until resume_disk().
  void hang_disk(raft::NodeId node) { nodes_.at(node).disk_hangs = true; }
  void resume_disk(raft::NodeId node);

  [[nodiscard]] bool is_up(raft::NodeId node) const { return nodes_.at(node).replica != nullptr; }
  [[nodiscard]] bool is_paused(raft::NodeId node) const { return nodes_.at(node).paused; }
  /// Precondition: the node is up.
  [[nodiscard]] raft::SoftState state(raft::NodeId node) const;
  [[nodiscard]] const raft::Configuration& configuration(raft::NodeId node) const;
  /// The leader of the highest term among the nodes that are up, or kNoNode.
  [[nodiscard]] raft::NodeId leader() const;
  /// The members in the leader's configuration; without a leader, in the initial one.
  [[nodiscard]] std::vector<raft::NodeId> members() const;
  /// Whether no membership change or transfer is in progress, and all members are up, follow one
  /// leader and have applied all committed entries.
  [[nodiscard]] bool has_converged() const;

  /// Runs until the time limit, the condition or the first violated invariant. Returns whether the
  /// condition holds.
  bool run_until(base::Instant limit, const std::function<bool()>& condition);
  void run_for(base::Duration duration);
  /// A hash of all events; equal for two runs of the same seed.
  [[nodiscard]] std::uint64_t fingerprint() const { return fingerprint_; }
  [[nodiscard]] std::uint64_t steps() const { return steps_; }

 private:
  struct Node {
    explicit Node(VirtualClock given) : clock(given) {}
    VirtualClock clock;
    VirtualDisk disk;
    std::unique_ptr<replica::Replica> replica;  // null while down
    std::uint64_t incarnation = 0;
    bool paused = false;
    bool work_due = false;
    bool syncing = false;
    bool disk_hangs = false;
    base::Instant tick_at = base::Instant::max();
    std::uint64_t next_request = 1;
    std::vector<std::function<void()>> backlog;  // inputs that arrived while paused
    std::vector<raft::AfterSync> waiting;        // messages that wait for the disk
    raft::SyncToken synced;                      // the last batch on disk
    std::optional<replica::SnapshotJob> job;     // a snapshot that waits for the disk
    std::map<replica::RequestId, Callback> callbacks;
  };

  void input(raft::NodeId id, const std::function<void(Node&)>& give);
  void work(raft::NodeId id);
  void carry_out(raft::NodeId id, replica::Output output);
  void transmit(const replica::PeerMessage& message);
  void begin_sync(raft::NodeId id);
  void end_sync(raft::NodeId id, raft::SyncToken token);
  void begin_snapshot(raft::NodeId id);
  void end_snapshot(raft::NodeId id, const replica::SnapshotJob& job);
  void schedule_tick(raft::NodeId id);
  void observe(raft::NodeId id, const replica::Output& output);
  /// Schedules an action for the current incarnation of the node; delayed while it is paused.
  void when_running(raft::NodeId id, base::Duration delay, std::function<void()> action);
  [[nodiscard]] base::Instant clock(const Node& node) const { return node.clock.at(events_.now()); }

  ClusterOptions options_;
  base::Prng random_;
  EventQueue events_;
  VirtualNetwork network_;
  ClusterInvariants invariants_;
  std::map<raft::NodeId, Node> nodes_;
  std::uint64_t fingerprint_ = 0;
  std::uint64_t steps_ = 0;
};

}  // namespace capsize::simulation
