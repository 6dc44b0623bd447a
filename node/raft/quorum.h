// Majorities of one configuration. A joint configuration will be two of these that must both agree.
#pragma once

#include <cstddef>
#include <vector>

#include "node/base/check.h"
#include "node/raft/types.h"

namespace capsize::raft {

/// The smallest number of voters any two sets of which share a member.
[[nodiscard]] constexpr std::size_t majority(std::size_t voters) {
  return voters / 2 + 1;
}

/// The greatest value that a majority of voters has reached (one value a voter): the index that is
/// on a majority of logs, the read round or the instant that a majority has acknowledged. O(n) for
/// a handful of voters, which is all there ever are. Precondition: at least one voter.
template <class Value>
[[nodiscard]] Value reached_by_majority(std::vector<Value> values);

enum class VoteResult { kPending, kWon, kLost };

/// Counts voters, never votes: a duplicated reply must not elect anybody (xraft issue 27).
class VoteTally {
 public:
  explicit VoteTally(std::size_t voters = 1) : voters_(voters) {}
  /// The first answer of a voter stands.
  void record(NodeId voter, bool granted);
  [[nodiscard]] VoteResult result() const;

 private:
  std::size_t voters_;
  std::vector<NodeId> granted_;
  std::vector<NodeId> denied_;
};

template <class Value>
Value reached_by_majority(std::vector<Value> values) {
  CHECK(!values.empty(), "a cluster has at least one voter");
  // Insertion sort, greatest first; the value at majority - 1 is reached by that many voters.
  for (std::size_t i = 1; i < values.size(); ++i) {
    for (std::size_t j = i; j > 0 && values[j - 1] < values[j]; --j) {
      std::swap(values[j - 1], values[j]);
    }
  }
  return values[majority(values.size()) - 1];
}

}  // namespace capsize::raft
