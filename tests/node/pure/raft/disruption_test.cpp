// Pre-vote (thesis 9.6), check quorum (thesis 6.2), leader stickiness (thesis 4.2.3), and processes
// that resume after a stop.

#include <gtest/gtest.h>

#include "tests/node/pure/support/raft_fixture.h"

namespace capsize::fixture {
namespace {

using raft::AppendEntriesReply;
using raft::RequestVote;
using raft::RequestVoteReply;
using raft::Role;

FixtureSetup switches(bool pre_vote, bool check_quorum, bool stickiness) {
  FixtureSetup setup;
  setup.config.pre_vote = pre_vote;
  setup.config.check_quorum = check_quorum;
  setup.config.leader_stickiness = stickiness;
  return setup;
}

TEST(PreVote9_6, Timeout_RequestsPreVotesWithoutANewTerm) {
  RaftFixture cluster;
  cluster.campaign(1);
  EXPECT_EQ(cluster.state(1).role, Role::kPreCandidate);
  EXPECT_EQ(cluster.state(1).term, Term{0});
  const auto requests = cluster.sent<RequestVote>(1);
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_TRUE(requests[0].second.pre_vote);
  EXPECT_EQ(requests[0].first.term, Term{1});
}

TEST(PreVote9_6, Majority_StartsAnElection) {
  RaftFixture cluster;
  cluster.campaign(1);
  cluster.deliver(all());
  cluster.deliver(link(2, 1));
  EXPECT_EQ(cluster.state(1).role, Role::kCandidate);
  EXPECT_EQ(cluster.state(1).term, Term{1});
  cluster.settle();
  EXPECT_EQ(cluster.state(1).role, Role::kLeader);
}

// canonical/raft 196: the voter's state does not change.
TEST(PreVote9_6, GrantedPreVote_ChangesNeitherTermNorVote) {
  RaftFixture cluster;
  cluster.receive(2, 1, 5, RequestVote{true, {}});
  EXPECT_EQ(cluster.state(1).term, Term{0});
  EXPECT_EQ(cluster.state(1).vote, raft::kNoNode);
  const auto replies = cluster.sent<RequestVoteReply>(1);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_TRUE(replies[0].second.granted);
  EXPECT_TRUE(replies[0].second.pre_vote);
  EXPECT_EQ(replies[0].second.round, Term{5});
}

TEST(PreVote9_6, TermNotAboveTheVoters_IsRefusedWithTheVotersTerm) {
  FixtureSetup setup;
  setup.disks[1].hard_state.term = Term{5};
  RaftFixture cluster(setup);
  for (const std::uint64_t round : {4U, 5U, 6U}) {
    cluster.drop(all());
    cluster.receive(2, 1, round, RequestVote{true, {}});
    const auto replies = cluster.sent<RequestVoteReply>(1);
    ASSERT_EQ(replies.size(), 1U);
    EXPECT_EQ(replies[0].second.granted, round == 6);
    EXPECT_EQ(replies[0].first.term, Term{5});
  }
}

// hashicorp/raft 609.
TEST(PreVote9_6, GrantedPreVote_DoesNotRestartTheTimer) {
  RaftFixture cluster;
  const base::Instant before = cluster.node(1).deadline();
  cluster.advance(1, milliseconds(50));
  cluster.receive(2, 1, 1, RequestVote{true, {}});
  EXPECT_EQ(cluster.node(1).deadline(), before);
}

TEST(PreVote9_6, IsolatedNode_DoesNotInflateItsTerm) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.isolate(3);
  for (int i = 0; i < 10; ++i) cluster.campaign(3);
  EXPECT_EQ(cluster.state(3).term, Term{1});
  cluster.heal();
  cluster.heartbeat(1);
  cluster.settle();
  EXPECT_EQ(cluster.state(1).role, Role::kLeader);
  EXPECT_EQ(cluster.state(3).leader, n(1));
}

TEST(PreVote9_6, WhileALeaderIsAlive_NoNodeGrants) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.campaign(3);
  cluster.settle();
  EXPECT_EQ(cluster.state(1).role, Role::kLeader);
  EXPECT_EQ(cluster.state(1).term, Term{1});
}

TEST(Stickiness4_2_3, VoteRequest_IsNotGranted_AndItsTermNotAdopted) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.receive(3, 2, 9, RequestVote{false, {Term{9}, Index{9}}});
  EXPECT_EQ(cluster.state(2).term, Term{1});
  EXPECT_TRUE(cluster.in_flight().empty());
}

TEST(Stickiness4_2_3, EndsWithTheMinimumTimeout) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.advance(2, milliseconds(149));
  cluster.receive(3, 2, 9, RequestVote{true, {Term{9}, Index{9}}});
  cluster.advance(2, milliseconds(1));
  cluster.receive(3, 2, 9, RequestVote{true, {Term{9}, Index{9}}});
  const auto replies = cluster.sent<RequestVoteReply>(2);
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_FALSE(replies[0].second.granted);
  EXPECT_TRUE(replies[1].second.granted);
}

TEST(CheckQuorum6_2, LeaderWithoutReplies_StepsDownInItsTerm) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.isolate(1);
  for (int i = 0; i < 6; ++i) cluster.heartbeat(1);
  EXPECT_EQ(cluster.state(1).role, Role::kLeader);
  cluster.heartbeat(1);
  EXPECT_EQ(cluster.state(1).role, Role::kFollower);
  EXPECT_EQ(cluster.state(1).term, Term{1});
  EXPECT_EQ(cluster.state(1).leader, raft::kNoNode);
}

TEST(CheckQuorum6_2, SilentMinority_ChangesNothing) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.isolate(3);
  for (int i = 0; i < 20; ++i) {
    cluster.heartbeat(1);
    cluster.settle();
  }
  EXPECT_EQ(cluster.state(1).role, Role::kLeader);
}

TEST(CheckQuorum6_2, SwitchedOff_LeaderStays) {
  RaftFixture cluster(switches(true, false, true));
  cluster.elect(1);
  cluster.isolate(1);
  for (int i = 0; i < 20; ++i) cluster.heartbeat(1);
  EXPECT_EQ(cluster.state(1).role, Role::kLeader);
}

TEST(StoppedProcess, ResumedLeader_StepsDownBeforeAnythingElse) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.read(1, 7);
  cluster.drop(all());
  cluster.advance(1, std::chrono::seconds(20));
  EXPECT_EQ(cluster.state(1).role, Role::kFollower);
  EXPECT_EQ(cluster.read_result(1, 7), std::nullopt);
}

TEST(StoppedProcess, ResumedLeader_AnswersNoReadFromOldAcknowledgements) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.read(1, 7);  // a first read, so that rounds are in flight
  cluster.deliver(all());
  const auto old = cluster.stash(all());
  cluster.elect(2);
  cluster.propose(2, "a");
  cluster.drop(all());
  ASSERT_EQ(cluster.state(1).role, Role::kFollower);
  cluster.read(1, 8);
  cluster.drop(all());
  cluster.replay(old);
  cluster.deliver(all());
  EXPECT_EQ(cluster.read_result(1, 8), std::nullopt);
}

TEST(StoppedProcess, ResumedFollower_WaitsForALeaderBeforeItCampaigns) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.advance(2, std::chrono::seconds(20));
  EXPECT_EQ(cluster.state(2).role, Role::kFollower);
  cluster.campaign(2);
  EXPECT_EQ(cluster.state(2).role, Role::kPreCandidate);
}

TEST(StoppedProcess, FollowerThatAlwaysWakesLate_StillCampaigns) {
  RaftFixture cluster;
  cluster.advance(1, std::chrono::seconds(20));
  cluster.advance(1, std::chrono::seconds(20));
  EXPECT_EQ(cluster.state(1).role, Role::kPreCandidate);
}

// etcd 8334, raft-rs 42 and 84, canonical/raft 279: with any combination of the switches, a node
// with a higher term can rejoin, and a node with the longest log can win.
TEST(Liveness, EveryCombinationOfSwitches_LetsANodeOfAHigherTermRejoin) {
  for (int bits = 0; bits < 8; ++bits) {
    FixtureSetup setup = switches((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
    setup.disks[1] = {{Term{1}, raft::kNoNode}, entries({1, 1})};
    setup.disks[2] = {{Term{1}, raft::kNoNode}, entries({1, 1})};
    setup.disks[3] = {{Term{50}, raft::kNoNode}, entries({1})};
    RaftFixture cluster(setup);
    const auto served = [&] {
      for (std::uint32_t i = 1; i <= 3; ++i) {
        if (cluster.state(i).role != Role::kLeader) continue;
        cluster.propose(i, "a");
        cluster.settle();
        cluster.heartbeat(i);
        cluster.settle();
        if (cluster.state(3).commit >= Index{4}) return true;
      }
      return false;
    };
    bool reached = false;
    for (int step = 0; step < 400 && !reached; ++step) {
      cluster.advance_all(milliseconds(10));
      cluster.settle();
      reached = served();
    }
    EXPECT_TRUE(reached) << "switches " << bits;
  }
}

// Cloudflare, November 2020: a leader that one node cannot reach; a node that reaches a majority
// can take over.
TEST(Liveness, BridgeBetweenTwoHalves_KeepsServing) {
  FixtureSetup setup;
  setup.nodes = 5;
  RaftFixture cluster(setup);
  cluster.elect(1);
  // n3 reaches all; {n1, n2} and {n4, n5} do not reach each other.
  for (std::uint32_t a : {1U, 2U}) {
    for (std::uint32_t b : {4U, 5U}) {
      cluster.cut(a, b);
      cluster.cut(b, a);
    }
  }
  int leader_changes = 0;
  Term term = cluster.state(3).term;
  for (int step = 0; step < 500; ++step) {
    cluster.advance_all(milliseconds(10));
    cluster.settle();
    if (cluster.state(3).term != term) ++leader_changes;
    term = cluster.state(3).term;
  }
  EXPECT_LE(leader_changes, 2);
  bool committed = false;
  for (std::uint32_t i = 1; i <= 5; ++i) {
    if (cluster.state(i).role != Role::kLeader) continue;
    cluster.propose(i, "a");
    cluster.settle();
    committed = committed || !cluster.applied(3).empty();
  }
  EXPECT_TRUE(committed);
}

}  // namespace
}  // namespace capsize::fixture
