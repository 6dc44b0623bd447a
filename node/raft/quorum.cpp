#include "node/raft/quorum.h"

#include <algorithm>

namespace capsize::raft {

void VoteTally::record(NodeId voter, bool granted) {
  const auto knows = [voter](const std::vector<NodeId>& list) {
    return std::find(list.begin(), list.end(), voter) != list.end();
  };
  if (knows(granted_) || knows(denied_)) return;
  (granted ? granted_ : denied_).push_back(voter);
}

VoteResult VoteTally::result() const {
  if (granted_.size() >= majority(voters_)) return VoteResult::kWon;
  if (voters_ - denied_.size() < majority(voters_)) return VoteResult::kLost;
  return VoteResult::kPending;
}

}  // namespace capsize::raft
