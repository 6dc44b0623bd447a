// What must hold between any two states of one node, checked after each input, in release too (it
// costs a few comparisons). Rules that bind several nodes are checked by the simulation and, from
// traces, by the checker.
#pragma once

#include <cstdint>
#include <map>

#include "node/raft/progress.h"
#include "node/raft/raft_log.h"
#include "node/raft/types.h"

namespace capsize::raft {

/// A view of the node; nothing is copied but numbers.
struct NodeView {
  HardState hard_state;
  Role role = Role::kFollower;
  NodeId id, leader;
  Index commit, handed, applied, snapshot;
  const RaftLog* log = nullptr;
  const std::map<NodeId, Progress>* peers = nullptr;
};

class Invariants {
 public:
  /// Compares with the view of the last call. Breaks a CHECK that names the rule.
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
