// Changes of members, clause by clause (paper section 6, thesis chapter 4).

#include <gtest/gtest.h>

#include "tests/node/pure/support/bench.h"

namespace capsize::bench {
namespace {

using raft::AppendEntries;
using raft::ChangeOutcome;
using raft::Refusal;
using raft::RequestVote;
using raft::Role;

BenchSetup with_spares(std::uint32_t nodes, std::uint32_t spares) {
  BenchSetup setup;
  setup.nodes = nodes;
  setup.spares = spares;
  return setup;
}

TEST(Membership, NewcomersCatchUpBeforeTheyVote) {
  Bench bench(with_spares(3, 1));
  bench.elect(1);
  bench.propose(1, "a");
  bench.settle();
  EXPECT_EQ(bench.change_members(1, {1, 2, 3, 4}), Refusal::kNone);
  EXPECT_EQ(bench.configuration(1), "n1 n2 n3") << "not before it has the log";
  bench.settle();
  EXPECT_EQ(bench.configuration(1), "n1 n2 n3 n4");
  EXPECT_EQ(bench.change(1), ChangeOutcome::kCommitted);
  EXPECT_EQ(bench.applied(4), std::vector<std::string>{"a"});
}

TEST(Membership, TheJointConfigurationNeedsBothMajorities) {
  Bench bench(with_spares(3, 2));
  bench.elect(1);
  ASSERT_EQ(bench.change_members(1, {1, 4, 5}), Refusal::kNone);
  // Both catch up, and then the joint configuration reaches the new voters only.
  while (bench.configuration(1) == "n1 n2 n3") {
    ASSERT_FALSE(bench.in_flight().empty());
    bench.deliver(all());
  }
  EXPECT_EQ(bench.configuration(1), "n1 n4 n5 | n1 n2 n3");
  const auto commit = bench.state(1).commit;
  bench.isolate(2);
  bench.isolate(3);
  bench.settle();
  EXPECT_EQ(bench.state(1).commit, commit) << "the new majority has it, the old has not";
  EXPECT_EQ(bench.configuration(1), "n1 n4 n5 | n1 n2 n3");
  bench.heal();
  bench.heartbeat(1);
  bench.settle();
  EXPECT_EQ(bench.configuration(1), "n1 n4 n5");
  EXPECT_EQ(bench.change(1), ChangeOutcome::kCommitted);
}

// Ongaro, 2015, on single-server changes: the same holds here.
TEST(Membership, RefusedBeforeAnEntryOfTheOwnTermCommits) {
  Bench bench(with_spares(3, 1));
  bench.campaign(1);
  while (bench.state(1).role != Role::kLeader) bench.deliver(all());
  EXPECT_EQ(bench.change_members(1, {1, 2, 3, 4}), Refusal::kTooEarly);
  bench.settle();
  EXPECT_EQ(bench.change_members(1, {1, 2, 3, 4}), Refusal::kNone);
}

TEST(Membership, OneChangeAtATime) {
  Bench bench(with_spares(3, 2));
  bench.elect(1);
  EXPECT_EQ(bench.change_members(1, {1, 2, 3, 4}), Refusal::kNone);
  EXPECT_EQ(bench.change_members(1, {1, 2, 3, 5}), Refusal::kInProgress);
  EXPECT_EQ(bench.transfer(1, 2), Refusal::kInProgress);
  bench.settle();
  EXPECT_EQ(bench.change_members(1, {1, 2, 3, 4}), Refusal::kNoChange);
  EXPECT_EQ(bench.change_members(1, {1, 2, 3, 5}), Refusal::kNone);
}

TEST(Membership, OnlyTheLeaderChangesIt) {
  Bench bench(with_spares(3, 1));
  bench.elect(1);
  EXPECT_EQ(bench.change_members(2, {1, 2, 3, 4}), Refusal::kNotLeader);
}

// canonical/raft 323: the configuration that was cut stayed in force.
TEST(Membership, ACutConfigurationIsNotInForce) {
  Bench bench(with_spares(3, 0));
  bench.elect(1);
  bench.isolate(1);
  ASSERT_EQ(bench.change_members(1, {1, 2}), Refusal::kNone);
  EXPECT_EQ(bench.configuration(1), "n1 n2 | n1 n2 n3");
  bench.elect(2);
  bench.propose(2, "b");
  bench.settle();
  bench.heal();
  bench.heartbeat(2);
  bench.settle();
  EXPECT_EQ(bench.configuration(1), "n1 n2 n3");
  EXPECT_EQ(bench.change(1), ChangeOutcome::kUnknown);
}

TEST(Membership, TheNextLeaderEndsWhatItFindsInItsLog) {
  Bench bench(with_spares(3, 0));
  bench.elect(1);
  ASSERT_EQ(bench.change_members(1, {2, 3}), Refusal::kNone);
  bench.deliver(all());  // the joint configuration is everywhere, its commit is not
  EXPECT_EQ(bench.configuration(2), "n2 n3 | n1 n2 n3");
  bench.isolate(1);
  bench.elect(2);
  EXPECT_EQ(bench.configuration(2), "n2 n3");
  EXPECT_EQ(bench.configuration(3), "n2 n3");
}

TEST(Membership, ARemovedLeaderLeavesOnceItIsCommitted) {
  Bench bench(with_spares(3, 0));
  bench.elect(1);
  bench.propose(1, "a");
  bench.settle();
  ASSERT_EQ(bench.change_members(1, {2, 3}), Refusal::kNone);
  bench.settle();
  EXPECT_EQ(bench.change(1), ChangeOutcome::kCommitted);
  EXPECT_EQ(bench.state(1).role, Role::kFollower);
  EXPECT_EQ(bench.configuration(1), "n2 n3");
  const bool one_leads =
      bench.state(2).role == Role::kLeader || bench.state(3).role == Role::kLeader;
  EXPECT_TRUE(one_leads) << "its heir did not wait for a timeout";
}

TEST(Membership, ALeaderThatIsNoMemberDoesNotCountItself) {
  Bench bench(with_spares(3, 0));
  bench.elect(1);
  ASSERT_EQ(bench.change_members(1, {2, 3}), Refusal::kNone);
  bench.deliver(all());
  bench.deliver(all());
  ASSERT_EQ(bench.configuration(1), "n2 n3");
  const auto commit = bench.state(1).commit;
  bench.deliver(link(1, 2));
  bench.deliver(link(2, 1));
  EXPECT_EQ(bench.state(1).commit, commit) << "its own disk and n2's are no majority of n2, n3";
  bench.settle();
  EXPECT_EQ(bench.change(1), ChangeOutcome::kCommitted);
}

TEST(Membership, ARemovedNodeDoesNotCampaign) {
  Bench bench(with_spares(3, 0));
  bench.elect(1);
  ASSERT_EQ(bench.change_members(1, {1, 2}), Refusal::kNone);
  bench.settle();
  bench.heartbeat(1);  // carries the commit to whom it removed
  bench.settle();
  ASSERT_EQ(bench.configuration(3), "n1 n2");
  const auto term = bench.state(3).term;
  for (int i = 0; i < 5; ++i) bench.advance(3, milliseconds(400));
  EXPECT_EQ(bench.state(3).role, Role::kFollower);
  EXPECT_EQ(bench.state(3).term, term);
  EXPECT_EQ(bench.count(kind<RequestVote>(3, 1)), 0U);
}

TEST(Membership, ANodeOfNoClusterWaitsToBeAdded) {
  Bench bench(with_spares(1, 1));
  for (int i = 0; i < 5; ++i) bench.advance(2, milliseconds(400));
  EXPECT_EQ(bench.state(2).role, Role::kFollower);
  EXPECT_EQ(bench.state(2).term, Term{0});
}

// Thesis 4.2.1: one that does not answer must not hold the cluster up.
TEST(Membership, ASilentNewcomerEndsTheChange) {
  Bench bench(with_spares(3, 1));
  bench.elect(1);
  bench.isolate(4);
  ASSERT_EQ(bench.change_members(1, {1, 2, 3, 4}), Refusal::kNone);
  for (int i = 0; i < 100 && !bench.change(1); ++i) {
    bench.heartbeat(1);
    bench.settle();
  }
  EXPECT_EQ(bench.change(1), ChangeOutcome::kNotCaughtUp);
  EXPECT_EQ(bench.configuration(1), "n1 n2 n3");
  bench.heal();
  EXPECT_EQ(bench.change_members(1, {1, 2, 3, 4}), Refusal::kNone);
  bench.settle();
  EXPECT_EQ(bench.change(1), ChangeOutcome::kCommitted);
}

TEST(Membership, LostInTheMiddle_IsAbandonedOrUnknown) {
  Bench bench(with_spares(3, 1));
  bench.elect(1);
  bench.isolate(4);
  ASSERT_EQ(bench.change_members(1, {1, 2, 3, 4}), Refusal::kNone);
  bench.elect(2);
  EXPECT_EQ(bench.change(1), ChangeOutcome::kAbandoned) << "nothing was appended";
}

TEST(Membership, ASnapshotCarriesTheConfiguration) {
  Bench bench(with_spares(3, 1));
  bench.elect(1);
  ASSERT_EQ(bench.change_members(1, {1, 2}), Refusal::kNone);
  bench.settle();
  bench.propose(1, "a");
  bench.settle();
  bench.compact(1);
  bench.crash(1);
  bench.restart(1);
  EXPECT_EQ(bench.configuration(1), "n1 n2") << "from its own";
  bench.elect(1);
  bench.compact(1);
  ASSERT_EQ(bench.change_members(1, {1, 2, 4}), Refusal::kNone);
  bench.settle();
  EXPECT_EQ(bench.configuration(4), "n1 n2 n4");
  bench.crash(4);
  bench.restart(4);
  EXPECT_EQ(bench.configuration(4), "n1 n2 n4");
  EXPECT_EQ(bench.applied(4).front(), "a");
}

// Found by simulation: a newcomer compacted a log in which the cluster's first members were not,
// and nobody could use its snapshots.
TEST(Membership, TheFirstEntrySaysWhoTheMembersAre) {
  Bench bench(with_spares(3, 1));
  bench.elect(1);
  ASSERT_EQ(bench.change_members(1, {1, 2, 3, 4}), Refusal::kNone);
  for (int i = 0; i < 4 && bench.configuration(4).empty(); ++i) bench.deliver(all());
  EXPECT_EQ(bench.configuration(4), "n1 n2 n3");
}

TEST(Membership, RecoveredFromTheLog) {
  Bench bench(with_spares(3, 0));
  bench.elect(1);
  ASSERT_EQ(bench.change_members(1, {1, 3}), Refusal::kNone);
  bench.settle();
  bench.crash(1);
  bench.restart(1);
  EXPECT_EQ(bench.configuration(1), "n1 n3");
}

// Thesis 4.2.2. Found by simulation: the entry that removes them reached the removed ones only.
TEST(Membership, ThoseWhoAreBeingRemovedCampaignUntilThatIsCommitted) {
  Bench bench(with_spares(3, 1));
  bench.elect(1);
  ASSERT_EQ(bench.change_members(1, {4}), Refusal::kNone);
  while (bench.configuration(1) != "n4") bench.deliver(all());
  bench.deliver(link(1, 2));
  bench.deliver(link(1, 3));
  ASSERT_EQ(bench.configuration(2), "n4");
  ASSERT_EQ(bench.configuration(4), "n4 | n1 n2 n3");
  bench.isolate(1);
  for (int i = 0; i < 20 && bench.configuration(4) != "n4"; ++i) {
    for (const std::uint32_t node : {2U, 3U, 4U}) bench.advance(node, milliseconds(100));
    bench.settle();
  }
  bench.settle();
  EXPECT_EQ(bench.state(4).role, Role::kLeader);
  EXPECT_EQ(bench.configuration(4), "n4");
}

// A pre-vote is granted without taking the term on, so the grant comes from an older term. Found by
// simulation: voters that lag in their terms were a majority, and nobody was ever elected.
TEST(Membership, APreVoteFromAnOlderTermCounts) {
  BenchSetup setup;
  setup.disks[1] = {{Term{7}, raft::kNobody}, entries({1}), {}};
  Bench bench(setup);
  bench.elect(1);
  EXPECT_EQ(bench.state(1).term, Term{8});
}

TEST(Membership, AMalformedConfigurationIsNotTaken) {
  Bench bench(with_spares(3, 0));
  bench.elect(1);
  const auto last = bench.state(2).last;
  AppendEntries bad;
  bad.previous = {bench.state(1).term, last};
  bad.entries.push_back(entry(bench.state(1).term.value(), last.value() + 1, "no configuration"));
  bad.entries.back().type = raft::EntryType::kConfiguration;
  bench.receive(1, 2, bench.state(1).term.value(), bad);
  EXPECT_EQ(bench.state(2).last, last);
}

}  // namespace
}  // namespace capsize::bench
