// Pre-vote (thesis 9.6), check quorum (thesis 6.2), leader stickiness (thesis 4.2.3), and what a
// stopped process finds when it wakes up.

#include <gtest/gtest.h>

#include "tests/node/pure/support/bench.h"

namespace capsize::bench {
namespace {

using raft::AppendEntriesReply;
using raft::RequestVote;
using raft::RequestVoteReply;
using raft::Role;

BenchSetup switches(bool pre_vote, bool check_quorum, bool stickiness) {
  BenchSetup setup;
  setup.config.pre_vote = pre_vote;
  setup.config.check_quorum = check_quorum;
  setup.config.leader_stickiness = stickiness;
  return setup;
}

TEST(PreVote9_6, Timeout_AsksWithoutANewTerm) {
  Bench bench;
  bench.campaign(1);
  EXPECT_EQ(bench.state(1).role, Role::kPreCandidate);
  EXPECT_EQ(bench.state(1).term, Term{0});
  const auto requests = bench.sent<RequestVote>(1);
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_TRUE(requests[0].second.pre_vote);
  EXPECT_EQ(requests[0].first.term, Term{1});
}

TEST(PreVote9_6, Majority_BeginsARealElection) {
  Bench bench;
  bench.campaign(1);
  bench.deliver(all());
  bench.deliver(link(2, 1));
  EXPECT_EQ(bench.state(1).role, Role::kCandidate);
  EXPECT_EQ(bench.state(1).term, Term{1});
  bench.settle();
  EXPECT_EQ(bench.state(1).role, Role::kLeader);
}

// canonical/raft 196: nothing of the voter changes.
TEST(PreVote9_6, GrantedPreVote_ChangesNeitherTermNorVote) {
  Bench bench;
  bench.receive(2, 1, 5, RequestVote{true, {}});
  EXPECT_EQ(bench.state(1).term, Term{0});
  EXPECT_EQ(bench.state(1).vote, raft::kNobody);
  const auto replies = bench.sent<RequestVoteReply>(1);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_TRUE(replies[0].second.granted);
  EXPECT_TRUE(replies[0].second.pre_vote);
  EXPECT_EQ(replies[0].second.round, Term{5});
}

TEST(PreVote9_6, RoundThatIsNotAheadOfTheVoter_IsRefusedAndToldTheTerm) {
  BenchSetup setup;
  setup.disks[1].hard_state.term = Term{5};
  Bench bench(setup);
  for (const std::uint64_t round : {4U, 5U, 6U}) {
    bench.drop(all());
    bench.receive(2, 1, round, RequestVote{true, {}});
    const auto replies = bench.sent<RequestVoteReply>(1);
    ASSERT_EQ(replies.size(), 1U);
    EXPECT_EQ(replies[0].second.granted, round == 6);
    EXPECT_EQ(replies[0].first.term, Term{5});
  }
}

// hashicorp/raft 609.
TEST(PreVote9_6, GrantedPreVote_DoesNotRestartTheTimer) {
  Bench bench;
  const base::Instant before = bench.node(1).deadline();
  bench.advance(1, milliseconds(50));
  bench.receive(2, 1, 1, RequestVote{true, {}});
  EXPECT_EQ(bench.node(1).deadline(), before);
}

TEST(PreVote9_6, IsolatedNode_DoesNotInflateItsTerm) {
  Bench bench;
  bench.elect(1);
  bench.isolate(3);
  for (int i = 0; i < 10; ++i) bench.campaign(3);
  EXPECT_EQ(bench.state(3).term, Term{1});
  bench.heal();
  bench.heartbeat(1);
  bench.settle();
  EXPECT_EQ(bench.state(1).role, Role::kLeader);
  EXPECT_EQ(bench.state(3).leader, n(1));
}

TEST(PreVote9_6, WhileALeaderIsAlive_NobodyGrants) {
  Bench bench;
  bench.elect(1);
  bench.campaign(3);
  bench.settle();
  EXPECT_EQ(bench.state(1).role, Role::kLeader);
  EXPECT_EQ(bench.state(1).term, Term{1});
}

TEST(Stickiness4_2_3, VoteRequest_NeitherGrantedNorTakenAsANewTerm) {
  Bench bench;
  bench.elect(1);
  bench.receive(3, 2, 9, RequestVote{false, {Term{9}, Index{9}}});
  EXPECT_EQ(bench.state(2).term, Term{1});
  EXPECT_TRUE(bench.in_flight().empty());
}

TEST(Stickiness4_2_3, EndsWithTheMinimumTimeout) {
  Bench bench;
  bench.elect(1);
  bench.advance(2, milliseconds(149));
  bench.receive(3, 2, 9, RequestVote{true, {Term{9}, Index{9}}});
  bench.advance(2, milliseconds(1));
  bench.receive(3, 2, 9, RequestVote{true, {Term{9}, Index{9}}});
  const auto replies = bench.sent<RequestVoteReply>(2);
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_FALSE(replies[0].second.granted);
  EXPECT_TRUE(replies[1].second.granted);
}

TEST(CheckQuorum6_2, LeaderThatNobodyAnswers_StepsDownInItsTerm) {
  Bench bench;
  bench.elect(1);
  bench.isolate(1);
  for (int i = 0; i < 6; ++i) bench.heartbeat(1);
  EXPECT_EQ(bench.state(1).role, Role::kLeader);
  bench.heartbeat(1);
  EXPECT_EQ(bench.state(1).role, Role::kFollower);
  EXPECT_EQ(bench.state(1).term, Term{1});
  EXPECT_EQ(bench.state(1).leader, raft::kNobody);
}

TEST(CheckQuorum6_2, MinorityThatIsSilent_ChangesNothing) {
  Bench bench;
  bench.elect(1);
  bench.isolate(3);
  for (int i = 0; i < 20; ++i) {
    bench.heartbeat(1);
    bench.settle();
  }
  EXPECT_EQ(bench.state(1).role, Role::kLeader);
}

TEST(CheckQuorum6_2, SwitchedOff_LeaderStays) {
  Bench bench(switches(true, false, true));
  bench.elect(1);
  bench.isolate(1);
  for (int i = 0; i < 20; ++i) bench.heartbeat(1);
  EXPECT_EQ(bench.state(1).role, Role::kLeader);
}

TEST(StoppedProcess, LeaderThatWakesUp_StepsDownBeforeAnythingElse) {
  Bench bench;
  bench.elect(1);
  bench.read(1, 7);
  bench.drop(all());
  bench.advance(1, std::chrono::seconds(20));
  EXPECT_EQ(bench.state(1).role, Role::kFollower);
  EXPECT_EQ(bench.read_result(1, 7), std::nullopt);
}

TEST(StoppedProcess, LeaderThatWakesUp_AnswersNoReadFromOldAcknowledgements) {
  Bench bench;
  bench.elect(1);
  bench.read(1, 7);  // a first read, so that rounds are under way
  bench.deliver(all());
  const auto old = bench.stash(all());
  bench.elect(2);
  bench.propose(2, "a");
  bench.drop(all());
  ASSERT_EQ(bench.state(1).role, Role::kFollower);
  bench.read(1, 8);
  bench.drop(all());
  bench.replay(old);
  bench.deliver(all());
  EXPECT_EQ(bench.read_result(1, 8), std::nullopt);
}

TEST(StoppedProcess, FollowerThatWakesUp_ListensBeforeItCampaigns) {
  Bench bench;
  bench.elect(1);
  bench.advance(2, std::chrono::seconds(20));
  EXPECT_EQ(bench.state(2).role, Role::kFollower);
  bench.campaign(2);
  EXPECT_EQ(bench.state(2).role, Role::kPreCandidate);
}

TEST(StoppedProcess, FollowerThatIsAlwaysLate_CampaignsAllTheSame) {
  Bench bench;
  bench.advance(1, std::chrono::seconds(20));
  bench.advance(1, std::chrono::seconds(20));
  EXPECT_EQ(bench.state(1).role, Role::kPreCandidate);
}

// etcd 8334, raft-rs 42 and 84, canonical/raft 279: with any combination of the switches, a node
// that has run ahead in its term finds back, and a node with the longest log can win.
TEST(Liveness, EveryCombinationOfSwitches_TakesBackANodeOfAHigherTerm) {
  for (int bits = 0; bits < 8; ++bits) {
    BenchSetup setup = switches((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
    setup.disks[1] = {{Term{1}, raft::kNobody}, entries({1, 1})};
    setup.disks[2] = {{Term{1}, raft::kNobody}, entries({1, 1})};
    setup.disks[3] = {{Term{50}, raft::kNobody}, entries({1})};
    Bench bench(setup);
    const auto served = [&] {
      for (std::uint32_t i = 1; i <= 3; ++i) {
        if (bench.state(i).role != Role::kLeader) continue;
        bench.propose(i, "a");
        bench.settle();
        bench.heartbeat(i);
        bench.settle();
        if (bench.state(3).commit >= Index{4}) return true;
      }
      return false;
    };
    bool reached = false;
    for (int step = 0; step < 400 && !reached; ++step) {
      bench.advance_all(milliseconds(10));
      bench.settle();
      reached = served();
    }
    EXPECT_TRUE(reached) << "switches " << bits;
  }
}

// Cloudflare, November 2020: a node that still reaches a majority takes over from a leader that
// one other node cannot hear.
TEST(Liveness, BridgeBetweenTwoHalves_KeepsServing) {
  BenchSetup setup;
  setup.nodes = 5;
  Bench bench(setup);
  bench.elect(1);
  // n3 reaches all; {n1, n2} and {n4, n5} do not reach each other.
  for (std::uint32_t a : {1U, 2U}) {
    for (std::uint32_t b : {4U, 5U}) {
      bench.cut(a, b);
      bench.cut(b, a);
    }
  }
  int leader_changes = 0;
  Term term = bench.state(3).term;
  for (int step = 0; step < 500; ++step) {
    bench.advance_all(milliseconds(10));
    bench.settle();
    if (bench.state(3).term != term) ++leader_changes;
    term = bench.state(3).term;
  }
  EXPECT_LE(leader_changes, 2);
  bool committed = false;
  for (std::uint32_t i = 1; i <= 5; ++i) {
    if (bench.state(i).role != Role::kLeader) continue;
    bench.propose(i, "a");
    bench.settle();
    committed = committed || !bench.applied(3).empty();
  }
  EXPECT_TRUE(committed);
}

}  // namespace
}  // namespace capsize::bench
