#include "node/raft/quorum.h"

#include "node/bugs/seeded_bug.h"

namespace capsize::raft {
namespace {

bool is_in(const std::vector<NodeId>& list, NodeId node) {
  return std::find(list.begin(), list.end(), node) != list.end();
}

std::size_t count_in(const std::vector<NodeId>& list, const std::vector<NodeId>& voters) {
  return static_cast<std::size_t>(
      std::count_if(voters.begin(), voters.end(), [&](NodeId node) { return is_in(list, node); }));
}

}  // namespace

std::size_t majority(std::size_t voters) {
  if (SEEDED_BUG("quorum-too-small")) return std::max<std::size_t>(voters / 2, 1);
  return voters / 2 + 1;
}

void VoteTally::record(NodeId voter, bool granted) {
  if (is_in(granted_, voter) || is_in(denied_, voter)) return;
  (granted ? granted_ : denied_).push_back(voter);
}

VoteResult VoteTally::result() const {
  const VoteResult result = result_of(configuration_.voters);
  if (!configuration_.joint()) return result;
  const VoteResult old = result_of(configuration_.outgoing);
  if (result == old) return result;
  // The two results differ. A joint election needs both majorities, so one loss decides it.
  const bool lost = result == VoteResult::kLost || old == VoteResult::kLost;
  return lost ? VoteResult::kLost : VoteResult::kPending;
}

VoteResult VoteTally::result_of(const std::vector<NodeId>& voters) const {
  // Lost as soon as the voters that have not refused are too few for a majority.
  const bool counts_all = SEEDED_BUG("removed-node-counts");
  const std::size_t granted = counts_all ? granted_.size() : count_in(granted_, voters);
  if (granted >= majority(voters.size())) return VoteResult::kWon;
  if (voters.size() - count_in(denied_, voters) < majority(voters.size())) return VoteResult::kLost;
  return VoteResult::kPending;
}

}  // namespace capsize::raft
