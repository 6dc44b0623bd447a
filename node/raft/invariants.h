// Invariants of one node, within a state and between successive states. They are checked after each
// input, in release builds too (a few comparisons). The simulation checks the invariants across
// nodes, and the checker does so from traces.
#pragma once

#include <cstdint>
#include <map>

#include "node/raft/progress.h"
#include "node/raft/raft_log.h"
#include "node/raft/types.h"

namespace capsize::raft {

/// A view of the node's state; copies numbers only.
struct NodeView {
  HardState hard_state;
  Role role = Role::kFollower;
  NodeId id, leader;
  Index commit, delivered, applied, snapshot;
  const RaftLog* log = nullptr;
  const std::map<NodeId, Progress>* peers = nullptr;
};

class Invariants {
 public:
  /// Also compares with the state of the last call. A violation fails a CHECK that names the rule.
  void check(const NodeView& now);

 private:
  void check_one(const NodeView& now) const;
  void check_log(const NodeView& now) const;
  void check_progress(const NodeView& now);
  void remember(const NodeView& now);

  bool first_ = true;
  HardState hard_state_;
  Role role_ = Role::kFollower;
  EntryId last_;
  Index commit_, applied_, snapshot_;
  std::uint64_t last_hash_ = 0, commit_hash_ = 0;
  struct Match {
    Index index;
    std::uint64_t losses = 0;
  };
  std::map<NodeId, Match> match_;
};

}  // namespace capsize::raft
