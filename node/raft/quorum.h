// Majorities: of one set of voters, and of both sets of a joint configuration (paper section 6).
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/check.h"
#include "node/raft/configuration.h"
#include "node/raft/types.h"

namespace capsize::raft {

/// The smallest size at which any two sets of voters share a member.
[[nodiscard]] std::size_t majority(std::size_t voters);

/// The greatest value that a majority of voters has reached (one value per voter): the index stored
/// on a majority of logs, or the read round or instant that a majority has acknowledged. O(n²) in
/// the number of voters, which is small. Precondition: at least one voter.
template <class Value>
[[nodiscard]] Value reached_by_majority(std::vector<Value> values);

/// The same for a configuration; for a joint one, what majorities of both sets have reached.
/// `value_of` returns the value of one voter. Precondition: the configuration is not empty.
template <class ValueOf>
[[nodiscard]] auto reached_by_quorum(const Configuration& configuration, const ValueOf& value_of);

enum class VoteResult { kPending, kWon, kLost };

/// Counts voters, not replies: a duplicated reply must not elect a leader (xraft issue 27). Replies
/// from nodes that are not voters of the configuration are stored but do not count.
class VoteTally {
 public:
  explicit VoteTally(Configuration configuration = {}) : configuration_(std::move(configuration)) {}
  /// Only the first reply of a voter counts.
  void record(NodeId voter, bool granted);
  [[nodiscard]] VoteResult result() const;

 private:
  [[nodiscard]] VoteResult result_of(const std::vector<NodeId>& voters) const;

  Configuration configuration_;
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

template <class ValueOf>
auto reached_by_quorum(const Configuration& configuration, const ValueOf& value_of) {
  const auto reached_by = [&](const std::vector<NodeId>& voters) {
    std::vector<decltype(value_of(kNoNode))> values;
    values.reserve(voters.size());
    for (const NodeId voter : voters) values.push_back(value_of(voter));
    return reached_by_majority(std::move(values));
  };
  const auto reached = reached_by(configuration.voters);
  return configuration.joint() ? std::min(reached, reached_by(configuration.outgoing)) : reached;
}

}  // namespace capsize::raft
