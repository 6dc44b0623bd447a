// The rules that bind several nodes (paper, Figure 3), checked after every step of a simulated
// cluster from what each node hands to its disk, its trace and its status. What binds one node
// alone is checked by the node itself (raft/invariants.h).
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
  /// A node starts, with this on its disk.
  void started(raft::NodeId node, const raft::Recovered& recovered);
  /// A node has handed this to its disk; before observe() of the same step.
  void wrote(raft::NodeId node, const raft::PersistBatch& batch);
  /// An own snapshot is on the node's disk.
  void saved(raft::NodeId node, const raft::LogPoint& end);
  /// A node's disk holds this now.
  void durable(raft::NodeId node, const LogMirror& log) { disks_[node] = &log; }
  /// The end of a step.
  void observe(raft::NodeId node, const raft::SoftState& state,
               const raft::Configuration& configuration,
               const std::vector<raft::TraceEvent>& trace);
  /// The state machine's content at an applied index.
  void observe_state(raft::NodeId node, raft::Index applied, std::uint64_t state_hash);

  /// What is broken, first things first; a run should end at the first.
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
  /// The greatest index known to be committed by anybody.
  [[nodiscard]] raft::Index committed() const { return raft::Index{committed_.size()}; }
  /// Snapshots handed to a disk, and those of them that came from another node.
  [[nodiscard]] std::size_t snapshots_seen() const { return snapshots_; }
  [[nodiscard]] std::size_t installs_seen() const { return installs_; }
  /// Configurations that nodes appended; transfers that leaders began.
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
  std::map<raft::NodeId, raft::Configuration> configurations_in_force_;
  std::map<raft::Term, raft::NodeId> leaders_;
  std::map<std::pair<raft::Index, raft::Term>, std::uint64_t> entries_;
  std::vector<Committed> committed_;  // by index - 1
  std::map<raft::Index, std::uint64_t> applied_;
  std::size_t snapshots_ = 0, installs_ = 0, configurations_ = 0, transfers_ = 0;
  std::vector<std::string> violations_;
};

}  // namespace capsize::simulation
