// Quorums compared with a simple reference implementation.

#include "node/raft/quorum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/prng.h"
#include "tests/node/pure/support/raft_fixture.h"

namespace capsize::raft {
namespace {

// hashicorp/raft 163a55f, async-raft d60f1e85: even sizes.
TEST(Quorum, Majority_OfOneToNine) {
  const std::size_t expected[] = {1, 2, 2, 3, 3, 4, 4, 5, 5};
  for (std::size_t voters = 1; voters <= 9; ++voters) {
    EXPECT_EQ(majority(voters), expected[voters - 1]) << voters;
    EXPECT_GT(2 * majority(voters), voters);
    EXPECT_LE(2 * (majority(voters) - 1), voters);
  }
}

TEST(Quorum, ReachedByMajority_AgreesWithCounting) {
  base::Prng random(7);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::uint64_t> values(random.between(1, 9));
    for (auto& value : values) value = random.below(12);
    // The greatest candidate that enough voters have reached.
    std::uint64_t slow = 0;
    for (const std::uint64_t candidate : values) {
      const auto reached = std::count_if(values.begin(), values.end(),
                                         [=](std::uint64_t v) { return v >= candidate; });
      if (static_cast<std::size_t>(reached) >= majority(values.size())) {
        slow = std::max(slow, candidate);
      }
    }
    EXPECT_EQ(reached_by_majority(values), slow);
  }
}

using fixture::n;

// Paper section 6: a majority of each set separately.
TEST(Quorum, Joint_IsReachedByBothMajorities) {
  const Configuration joint{{n(1), n(4), n(5)}, {n(1), n(2), n(3)}};
  const auto reached = [&](std::map<std::uint32_t, int> values) {
    return reached_by_quorum(joint, [&](NodeId voter) { return values[voter.value()]; });
  };
  EXPECT_EQ(reached({{1, 7}, {2, 7}, {3, 7}}), 0) << "all of the old, one of the new";
  EXPECT_EQ(reached({{1, 7}, {4, 7}, {5, 7}}), 0) << "all of the new, one of the old";
  EXPECT_EQ(reached({{1, 7}, {2, 7}, {4, 7}}), 7);
  EXPECT_EQ(reached({{2, 5}, {3, 6}, {4, 7}, {5, 8}}), 5);
}

TEST(Quorum, JointTally_IsLostWithEitherMajority) {
  VoteTally tally(Configuration{{n(1), n(4), n(5)}, {n(1), n(2), n(3)}});
  tally.record(n(1), true);
  tally.record(n(4), true);
  EXPECT_EQ(tally.result(), VoteResult::kPending) << "the new majority alone elects no leader";
  VoteTally lost = tally;
  lost.record(n(2), false);
  EXPECT_EQ(lost.result(), VoteResult::kPending);
  lost.record(n(3), false);
  EXPECT_EQ(lost.result(), VoteResult::kLost);
  tally.record(n(6), true);  // not a voter
  EXPECT_EQ(tally.result(), VoteResult::kPending);
  tally.record(n(3), true);
  EXPECT_EQ(tally.result(), VoteResult::kWon);
}

TEST(Quorum, Tally_IsWonLostOrPending) {
  VoteTally tally(Configuration{{n(1), n(2), n(3), n(4)}, {}});
  EXPECT_EQ(tally.result(), VoteResult::kPending);
  tally.record(n(1), true);
  tally.record(n(2), true);
  tally.record(n(2), true);
  EXPECT_EQ(tally.result(), VoteResult::kPending);
  tally.record(n(3), false);
  EXPECT_EQ(tally.result(), VoteResult::kPending);
  tally.record(n(3), true);  // only its first reply counts
  EXPECT_EQ(tally.result(), VoteResult::kPending);
  VoteTally lost = tally;
  lost.record(n(4), false);
  EXPECT_EQ(lost.result(), VoteResult::kLost);
  tally.record(n(4), true);
  EXPECT_EQ(tally.result(), VoteResult::kWon);
}

}  // namespace
}  // namespace capsize::raft
