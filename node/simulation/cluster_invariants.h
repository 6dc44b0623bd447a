// The invariants across nodes (paper, Figure 3), checked after every step of a simulated cluster
// from each node's disk writes, trace and status. A node checks its own invariants itself
// (raft/invariants.h).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "node/raft/raft.h"
#include "node/raft/ready.h"
#include "node/simulation/log_mirror.h"

namespace capsize::simulation {

class ClusterInvariants {
 public:
  /// A node starts with this durable state.
  void started(raft::NodeId node, const raft::Recovered& recovered);
  /// A node writes this batch; call it before observe() of the same step.
  void wrote(raft::NodeId node, const raft::PersistBatch& batch);
  /// A node's own snapshot is on its disk.
  void saved(raft::NodeId node, const raft::LogPoint& end);
  /// Registers the log on a node's disk; `log` must outlive this object.
  void durable(raft::NodeId node, const LogMirror& log) { disks_[node] = &log; }
  /// Called at the end of each step.
  void observe(raft::NodeId node, const raft::SoftState& state,
               const raft::Configuration& configuration,
               const std::vector<raft::TraceEvent>& trace);
  /// Reports the hash of the state machine at an applied index.
  void observe_state(raft::NodeId node, raft::Index applied, std::uint64_t state_hash);

  /// The violations in order of detection; a run should end at the first.
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
  /// The greatest index that any node has committed.
  [[nodiscard]] raft::Index committed() const { return raft::Index{committed_.size()}; }
  /// The number of snapshots written, and of those installed from another node.
  [[nodiscard]] std::size_t snapshots_seen() const { return snapshots_; }
  [[nodiscard]] std::size_t installs_seen() const { return installs_; }
  /// The number of configurations that nodes appended, and of transfers that leaders began.
  [[nodiscard]] std::size_t configurations_seen() const { return configurations_; }
  [[nodiscard]] std::size_t transfers_seen() const { return transfers_; }
  [[nodiscard]] std::size_t leaders_seen() const { return leaders_.size(); }

 private:
  struct Committed {
    std::uint64_t hash;
    raft::Term in_term;  // the term of the node that committed it first
  };
  void became_leader(raft::NodeId node, raft::Term term);
  void check_commit(raft::NodeId node, const raft::SoftState& state,
                    const raft::Configuration& configuration);
  void check_snapshot(raft::NodeId node, const raft::LogPoint& end);
  void check_monotone(raft::NodeId node, const raft::SoftState& state);
  [[nodiscard]] bool is_on_quorum(raft::Index index, std::uint64_t hash,
                                  const raft::Configuration& configuration) const;
  void violated(raft::NodeId node, const std::string& rule);

  std::map<raft::NodeId, LogMirror> logs_;
  std::map<raft::NodeId, const LogMirror*> disks_;
  std::map<raft::NodeId, raft::SoftState> states_;
  std::map<raft::NodeId, raft::Configuration> active_configurations_;
  std::map<raft::Term, raft::NodeId> leaders_;
  std::map<std::pair<raft::Index, raft::Term>, std::uint64_t> entries_;
  std::vector<Committed> committed_;  // by index - 1
  std::map<raft::Index, std::uint64_t> applied_;
  std::size_t snapshots_ = 0, installs_ = 0, configurations_ = 0, transfers_ = 0;
  std::vector<std::string> violations_;
};

}  // namespace capsize::simulation
