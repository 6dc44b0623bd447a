// Membership changes, clause by clause (paper section 6, thesis chapter 4).

#include <gtest/gtest.h>

#include "tests/node/pure/support/raft_fixture.h"

namespace capsize::fixture {
namespace {

using raft::AppendEntries;
using raft::ChangeOutcome;
using raft::Refusal;
using raft::RequestVote;
using raft::Role;

FixtureSetup with_spares(std::uint32_t nodes, std::uint32_t spares) {
  FixtureSetup setup;
  setup.nodes = nodes;
  setup.spares = spares;
  return setup;
}

TEST(Membership, Newcomers_CatchUpBeforeTheyVote) {
  RaftFixture cluster(with_spares(3, 1));
  cluster.elect(1);
  cluster.propose(1, "a");
  cluster.settle();
  EXPECT_EQ(cluster.change_members(1, {1, 2, 3, 4}), Refusal::kNone);
  EXPECT_EQ(cluster.configuration(1), "n1 n2 n3") << "not before it has the log";
  cluster.settle();
  EXPECT_EQ(cluster.configuration(1), "n1 n2 n3 n4");
  EXPECT_EQ(cluster.change(1), ChangeOutcome::kCommitted);
  EXPECT_EQ(cluster.applied(4), std::vector<std::string>{"a"});
}

TEST(Membership, JointConfiguration_NeedsBothMajorities) {
  RaftFixture cluster(with_spares(3, 2));
  cluster.elect(1);
  ASSERT_EQ(cluster.change_members(1, {1, 4, 5}), Refusal::kNone);
  // Both catch up, and then the joint configuration reaches the new voters only.
  while (cluster.configuration(1) == "n1 n2 n3") {
    ASSERT_FALSE(cluster.in_flight().empty());
    cluster.deliver(all());
  }
  EXPECT_EQ(cluster.configuration(1), "n1 n4 n5 | n1 n2 n3");
  const auto commit = cluster.state(1).commit;
  cluster.isolate(2);
  cluster.isolate(3);
  cluster.settle();
  EXPECT_EQ(cluster.state(1).commit, commit) << "the new majority has it, the old one does not";
  EXPECT_EQ(cluster.configuration(1), "n1 n4 n5 | n1 n2 n3");
  cluster.heal();
  cluster.heartbeat(1);
  cluster.settle();
  EXPECT_EQ(cluster.configuration(1), "n1 n4 n5");
  EXPECT_EQ(cluster.change(1), ChangeOutcome::kCommitted);
}

// Ongaro, 2015, on single-server changes: the same holds here.
TEST(Membership, Change_BeforeAnEntryOfTheOwnTermIsCommitted_IsRefused) {
  RaftFixture cluster(with_spares(3, 1));
  cluster.campaign(1);
  while (cluster.state(1).role != Role::kLeader) cluster.deliver(all());
  EXPECT_EQ(cluster.change_members(1, {1, 2, 3, 4}), Refusal::kTooEarly);
  cluster.settle();
  EXPECT_EQ(cluster.change_members(1, {1, 2, 3, 4}), Refusal::kNone);
}

TEST(Membership, SecondChangeInProgress_IsRefused) {
  RaftFixture cluster(with_spares(3, 2));
  cluster.elect(1);
  EXPECT_EQ(cluster.change_members(1, {1, 2, 3, 4}), Refusal::kNone);
  EXPECT_EQ(cluster.change_members(1, {1, 2, 3, 5}), Refusal::kInProgress);
  EXPECT_EQ(cluster.transfer(1, 2), Refusal::kInProgress);
  cluster.settle();
  EXPECT_EQ(cluster.change_members(1, {1, 2, 3, 4}), Refusal::kNoChange);
  EXPECT_EQ(cluster.change_members(1, {1, 2, 3, 5}), Refusal::kNone);
}

TEST(Membership, Change_OnAFollower_IsRefused) {
  RaftFixture cluster(with_spares(3, 1));
  cluster.elect(1);
  EXPECT_EQ(cluster.change_members(2, {1, 2, 3, 4}), Refusal::kNotLeader);
}

// canonical/raft 323: the truncated configuration stayed active.
TEST(Membership, TruncatedConfiguration_IsNotActive) {
  RaftFixture cluster(with_spares(3, 0));
  cluster.elect(1);
  cluster.isolate(1);
  ASSERT_EQ(cluster.change_members(1, {1, 2}), Refusal::kNone);
  EXPECT_EQ(cluster.configuration(1), "n1 n2 | n1 n2 n3");
  cluster.elect(2);
  cluster.propose(2, "b");
  cluster.settle();
  cluster.heal();
  cluster.heartbeat(2);
  cluster.settle();
  EXPECT_EQ(cluster.configuration(1), "n1 n2 n3");
  EXPECT_EQ(cluster.change(1), ChangeOutcome::kUnknown);
}

TEST(Membership, NextLeader_CompletesTheChangeInItsLog) {
  RaftFixture cluster(with_spares(3, 0));
  cluster.elect(1);
  ASSERT_EQ(cluster.change_members(1, {2, 3}), Refusal::kNone);
  cluster.deliver(
      all());  // all nodes have the joint configuration, but do not know that it is committed
  EXPECT_EQ(cluster.configuration(2), "n2 n3 | n1 n2 n3");
  cluster.isolate(1);
  cluster.elect(2);
  EXPECT_EQ(cluster.configuration(2), "n2 n3");
  EXPECT_EQ(cluster.configuration(3), "n2 n3");
}

TEST(Membership, RemovedLeader_StepsDownOnceTheChangeIsCommitted) {
  RaftFixture cluster(with_spares(3, 0));
  cluster.elect(1);
  cluster.propose(1, "a");
  cluster.settle();
  ASSERT_EQ(cluster.change_members(1, {2, 3}), Refusal::kNone);
  cluster.settle();
  EXPECT_EQ(cluster.change(1), ChangeOutcome::kCommitted);
  EXPECT_EQ(cluster.state(1).role, Role::kFollower);
  EXPECT_EQ(cluster.configuration(1), "n2 n3");
  const bool one_leads =
      cluster.state(2).role == Role::kLeader || cluster.state(3).role == Role::kLeader;
  EXPECT_TRUE(one_leads) << "its successor did not wait for a timeout";
}

TEST(Membership, LeaderThatIsNotAMember_DoesNotCountItself) {
  RaftFixture cluster(with_spares(3, 0));
  cluster.elect(1);
  ASSERT_EQ(cluster.change_members(1, {2, 3}), Refusal::kNone);
  cluster.deliver(all());
  cluster.deliver(all());
  ASSERT_EQ(cluster.configuration(1), "n2 n3");
  const auto commit = cluster.state(1).commit;
  cluster.deliver(link(1, 2));
  cluster.deliver(link(2, 1));
  EXPECT_EQ(cluster.state(1).commit, commit)
      << "its own disk and n2's are not a majority of n2, n3";
  cluster.settle();
  EXPECT_EQ(cluster.change(1), ChangeOutcome::kCommitted);
}

TEST(Membership, RemovedNode_DoesNotCampaign) {
  RaftFixture cluster(with_spares(3, 0));
  cluster.elect(1);
  ASSERT_EQ(cluster.change_members(1, {1, 2}), Refusal::kNone);
  cluster.settle();
  cluster.heartbeat(1);  // carries the commit index to the removed node
  cluster.settle();
  ASSERT_EQ(cluster.configuration(3), "n1 n2");
  const auto term = cluster.state(3).term;
  for (int i = 0; i < 5; ++i) cluster.advance(3, milliseconds(400));
  EXPECT_EQ(cluster.state(3).role, Role::kFollower);
  EXPECT_EQ(cluster.state(3).term, term);
  EXPECT_EQ(cluster.count(kind<RequestVote>(3, 1)), 0U);
}

TEST(Membership, NodeWithoutACluster_WaitsToBeAdded) {
  RaftFixture cluster(with_spares(1, 1));
  for (int i = 0; i < 5; ++i) cluster.advance(2, milliseconds(400));
  EXPECT_EQ(cluster.state(2).role, Role::kFollower);
  EXPECT_EQ(cluster.state(2).term, Term{0});
}

// Thesis 4.2.1: a newcomer that does not reply must not block the cluster.
TEST(Membership, SilentNewcomer_EndsTheChange) {
  RaftFixture cluster(with_spares(3, 1));
  cluster.elect(1);
  cluster.isolate(4);
  ASSERT_EQ(cluster.change_members(1, {1, 2, 3, 4}), Refusal::kNone);
  for (int i = 0; i < 100 && !cluster.change(1); ++i) {
    cluster.heartbeat(1);
    cluster.settle();
  }
  EXPECT_EQ(cluster.change(1), ChangeOutcome::kNotCaughtUp);
  EXPECT_EQ(cluster.configuration(1), "n1 n2 n3");
  cluster.heal();
  EXPECT_EQ(cluster.change_members(1, {1, 2, 3, 4}), Refusal::kNone);
  cluster.settle();
  EXPECT_EQ(cluster.change(1), ChangeOutcome::kCommitted);
}

TEST(Membership, LostLeadershipDuringAChange_IsAbandonedOrUnknown) {
  RaftFixture cluster(with_spares(3, 1));
  cluster.elect(1);
  cluster.isolate(4);
  ASSERT_EQ(cluster.change_members(1, {1, 2, 3, 4}), Refusal::kNone);
  cluster.elect(2);
  EXPECT_EQ(cluster.change(1), ChangeOutcome::kAbandoned) << "nothing was appended";
}

TEST(Membership, Snapshot_ContainsTheConfiguration) {
  RaftFixture cluster(with_spares(3, 1));
  cluster.elect(1);
  ASSERT_EQ(cluster.change_members(1, {1, 2}), Refusal::kNone);
  cluster.settle();
  cluster.propose(1, "a");
  cluster.settle();
  cluster.compact(1);
  cluster.crash(1);
  cluster.restart(1);
  EXPECT_EQ(cluster.configuration(1), "n1 n2") << "from its own snapshot";
  cluster.elect(1);
  cluster.compact(1);
  ASSERT_EQ(cluster.change_members(1, {1, 2, 4}), Refusal::kNone);
  cluster.settle();
  EXPECT_EQ(cluster.configuration(4), "n1 n2 n4");
  cluster.crash(4);
  cluster.restart(4);
  EXPECT_EQ(cluster.configuration(4), "n1 n2 n4");
  EXPECT_EQ(cluster.applied(4).front(), "a");
}

// Found by simulation: a newcomer compacted a log without the cluster's initial members, and no
// node could use its snapshots.
TEST(Membership, FirstEntry_NamesTheMembers) {
  RaftFixture cluster(with_spares(3, 1));
  cluster.elect(1);
  ASSERT_EQ(cluster.change_members(1, {1, 2, 3, 4}), Refusal::kNone);
  for (int i = 0; i < 4 && cluster.configuration(4).empty(); ++i) cluster.deliver(all());
  EXPECT_EQ(cluster.configuration(4), "n1 n2 n3");
}

TEST(Membership, Configuration_IsRecoveredFromTheLog) {
  RaftFixture cluster(with_spares(3, 0));
  cluster.elect(1);
  ASSERT_EQ(cluster.change_members(1, {1, 3}), Refusal::kNone);
  cluster.settle();
  cluster.crash(1);
  cluster.restart(1);
  EXPECT_EQ(cluster.configuration(1), "n1 n3");
}

// Thesis 4.2.2. Found by simulation: only the removed nodes had the entry that removes them.
TEST(Membership, RemovedNodes_CampaignUntilTheirRemovalIsCommitted) {
  RaftFixture cluster(with_spares(3, 1));
  cluster.elect(1);
  ASSERT_EQ(cluster.change_members(1, {4}), Refusal::kNone);
  while (cluster.configuration(1) != "n4") cluster.deliver(all());
  cluster.deliver(link(1, 2));
  cluster.deliver(link(1, 3));
  ASSERT_EQ(cluster.configuration(2), "n4");
  ASSERT_EQ(cluster.configuration(4), "n4 | n1 n2 n3");
  cluster.isolate(1);
  for (int i = 0; i < 20 && cluster.configuration(4) != "n4"; ++i) {
    for (const std::uint32_t node : {2U, 3U, 4U}) cluster.advance(node, milliseconds(100));
    cluster.settle();
  }
  cluster.settle();
  EXPECT_EQ(cluster.state(4).role, Role::kLeader);
  EXPECT_EQ(cluster.configuration(4), "n4");
}

// A voter grants a pre-vote without adopting the term, so the grant comes from an older term. Found
// by simulation: lagging voters were a majority, and no leader was ever elected.
TEST(Membership, PreVoteFromAnOlderTerm_Counts) {
  FixtureSetup setup;
  setup.disks[1] = {{Term{7}, raft::kNoNode}, entries({1}), {}};
  RaftFixture cluster(setup);
  cluster.elect(1);
  EXPECT_EQ(cluster.state(1).term, Term{8});
}

TEST(Membership, MalformedConfiguration_IsRefused) {
  RaftFixture cluster(with_spares(3, 0));
  cluster.elect(1);
  const auto last = cluster.state(2).last;
  AppendEntries bad;
  bad.previous = {cluster.state(1).term, last};
  bad.entries.push_back(entry(cluster.state(1).term.value(), last.value() + 1, "no configuration"));
  bad.entries.back().type = raft::EntryType::kConfiguration;
  cluster.receive(1, 2, cluster.state(1).term.value(), bad);
  EXPECT_EQ(cluster.state(2).last, last);
}

}  // namespace
}  // namespace capsize::fixture
