// Leader election: paper 5.1, 5.2, 5.4.1, Figure 2 (RequestVote).

#include <gtest/gtest.h>

#include <set>

#include "tests/node/pure/support/bench.h"

namespace capsize::bench {
namespace {

using raft::RequestVote;
using raft::RequestVoteReply;
using raft::Role;

BenchSetup plain(std::uint32_t nodes = 3) {
  BenchSetup setup;
  setup.nodes = nodes;
  setup.config.pre_vote = false;
  return setup;
}

TEST(Election5_2, NewNode_StartsAsFollowerWithoutTerm) {
  Bench bench;
  EXPECT_EQ(bench.state(1).role, Role::kFollower);
  EXPECT_EQ(bench.state(1).term, Term{0});
  EXPECT_EQ(bench.state(1).leader, raft::kNobody);
}

TEST(Election5_2, Timeout_VotesForItselfAndAsksAllOthers) {
  Bench bench(plain(5));
  bench.campaign(1);
  EXPECT_EQ(bench.state(1).role, Role::kCandidate);
  EXPECT_EQ(bench.state(1).term, Term{1});
  EXPECT_EQ(bench.state(1).vote, n(1));
  const auto requests = bench.sent<RequestVote>(1);
  ASSERT_EQ(requests.size(), 4U);
  std::set<NodeId> asked;
  for (const auto& [message, body] : requests) asked.insert(message.to);
  EXPECT_EQ(asked.size(), 4U);
}

TEST(Election5_2, Majority_MakesALeader) {
  for (std::uint32_t size : {1U, 2U, 3U, 4U, 5U, 7U}) {
    Bench bench(plain(size));
    bench.campaign(1);
    const std::uint32_t needed = size / 2 + 1;
    for (std::uint32_t voter = 2; voter <= needed; ++voter) {
      EXPECT_NE(bench.state(1).role, Role::kLeader) << size << " nodes, too few votes";
      bench.receive(voter, 1, 1, RequestVoteReply{false, Term{1}, true});
    }
    EXPECT_EQ(bench.state(1).role, Role::kLeader) << size << " nodes";
  }
}

// xraft issue 27: votes were counted, not voters.
TEST(Election5_2, DuplicatedVote_CountsOnce) {
  Bench bench(plain(5));
  bench.campaign(1);
  for (int copy = 0; copy < 5; ++copy) {
    bench.receive(2, 1, 1, RequestVoteReply{false, Term{1}, true});
  }
  EXPECT_EQ(bench.state(1).role, Role::kCandidate);
}

TEST(Election5_2, VoteOfAStranger_IsIgnored) {
  Bench bench(plain(3));
  bench.campaign(1);
  bench.receive(9, 1, 1, RequestVoteReply{false, Term{1}, true});
  EXPECT_EQ(bench.state(1).role, Role::kCandidate);
}

// canonical/raft issue 196: a reply counts only for the round that it answers.
TEST(Election5_2, ReplyOfAnotherRound_IsIgnored) {
  Bench bench(plain(3));
  bench.campaign(1);
  bench.campaign(1);  // term 2
  bench.receive(2, 1, 2, RequestVoteReply{false, Term{1}, true});
  bench.receive(2, 1, 2, RequestVoteReply{true, Term{2}, true});
  EXPECT_EQ(bench.state(1).role, Role::kCandidate);
  bench.receive(2, 1, 2, RequestVoteReply{false, Term{2}, true});
  EXPECT_EQ(bench.state(1).role, Role::kLeader);
}

TEST(Election5_2, OneVoteATerm_FirstComeFirstServed) {
  Bench bench(plain(3));
  bench.receive(2, 1, 1, RequestVote{false, {}});
  EXPECT_EQ(bench.state(1).vote, n(2));
  bench.receive(3, 1, 1, RequestVote{false, {}});
  EXPECT_EQ(bench.state(1).vote, n(2));
  const auto replies = bench.sent<RequestVoteReply>(1);
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_TRUE(replies[0].second.granted);
  EXPECT_FALSE(replies[1].second.granted);
}

TEST(Election5_2, RepeatedRequestOfTheSameCandidate_IsGrantedAgain) {
  Bench bench(plain(3));
  bench.receive(2, 1, 1, RequestVote{false, {}});
  bench.receive(2, 1, 1, RequestVote{false, {}});
  const auto replies = bench.sent<RequestVoteReply>(1);
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_TRUE(replies[1].second.granted);
}

// daos-stack/raft PR 70.
TEST(Election5_2, Leader_GrantsNobodyAVoteInItsOwnTerm) {
  Bench bench(plain(3));
  bench.elect(1);
  bench.receive(2, 1, 1, RequestVote{false, {Term{9}, Index{9}}});
  const auto replies = bench.sent<RequestVoteReply>(1);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_FALSE(replies[0].second.granted);
  EXPECT_EQ(bench.state(1).role, Role::kLeader);
}

// akka-raft issue 56, redpanda 14: the vote outlives the candidacy.
TEST(Election5_2, CandidateThatStepsDownInItsTerm_KeepsItsVote) {
  Bench bench(plain(3));
  bench.campaign(1);
  bench.receive(2, 1, 1, raft::AppendEntries{});
  EXPECT_EQ(bench.state(1).role, Role::kFollower);
  EXPECT_EQ(bench.state(1).vote, n(1));
  bench.receive(3, 1, 1, RequestVote{false, {Term{9}, Index{9}}});
  const auto replies = bench.sent<RequestVoteReply>(1);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_FALSE(replies[0].second.granted);
}

TEST(Election5_1, HigherTerm_MakesAFollowerOfEverybody) {
  Bench bench(plain(3));
  bench.elect(1);
  bench.receive(2, 1, 7, raft::AppendEntriesReply{});
  EXPECT_EQ(bench.state(1).role, Role::kFollower);
  EXPECT_EQ(bench.state(1).term, Term{7});
  EXPECT_EQ(bench.state(1).vote, raft::kNobody);
  EXPECT_EQ(bench.state(1).leader, raft::kNobody);
}

TEST(Election5_1, LowerTerm_IsRefusedAndTold) {
  Bench bench(plain(3));
  bench.campaign(1);
  bench.campaign(1);
  bench.drop(all());
  bench.receive(2, 1, 1, RequestVote{false, {}});
  bench.receive(2, 1, 1, raft::AppendEntries{});
  const auto votes = bench.sent<RequestVoteReply>(1);
  ASSERT_EQ(votes.size(), 1U);
  EXPECT_FALSE(votes[0].second.granted);
  EXPECT_EQ(votes[0].first.term, Term{2});
  const auto appends = bench.sent<raft::AppendEntriesReply>(1);
  ASSERT_EQ(appends.size(), 1U);
  EXPECT_FALSE(appends[0].second.success);
  EXPECT_EQ(appends[0].first.term, Term{2});
}

TEST(Election5_2, Timeout_IsDrawnAnewFromTheRange) {
  Bench bench(plain(3));
  std::set<base::Duration> drawn;
  for (int i = 0; i < 50; ++i) {
    bench.campaign(1);
    const base::Duration timeout = bench.node(1).deadline() - bench.now(1);
    EXPECT_GE(timeout, milliseconds(150));
    EXPECT_LE(timeout, milliseconds(300));
    drawn.insert(timeout);
  }
  EXPECT_GT(drawn.size(), 40U);
}

TEST(Election5_2, NodesOfOneSeed_DrawDifferentTimeouts) {
  Bench bench(plain(5));
  std::set<base::Duration> drawn;
  for (std::uint32_t i = 1; i <= 5; ++i) drawn.insert(bench.node(i).deadline() - bench.now(i));
  EXPECT_EQ(drawn.size(), 5U);
}

TEST(Election5_2, GrantedVote_RestartsTheTimer_RefusedOneDoesNot) {
  Bench bench(plain(3));
  const base::Instant before = bench.node(1).deadline();
  bench.advance(1, milliseconds(100));
  bench.receive(2, 1, 1, RequestVote{false, {}});
  const base::Instant granted = bench.node(1).deadline();
  EXPECT_NE(granted, before);
  bench.advance(1, milliseconds(40));
  bench.receive(3, 1, 1, RequestVote{false, {}});
  EXPECT_EQ(bench.node(1).deadline(), granted);
}

struct UpToDateCase {
  std::vector<std::uint64_t> voter;
  raft::EntryId candidate;
  bool granted;
};

// openraft a48a3282, RedisLabs/raft PR 2: term first, then index, and equality is enough.
TEST(Election5_4_1, Vote_OnlyForALogAtLeastAsUpToDate) {
  const UpToDateCase cases[] = {
      {{}, {Term{0}, Index{0}}, true},        {{1}, {Term{1}, Index{1}}, true},
      {{1}, {Term{0}, Index{0}}, false},      {{1, 1}, {Term{1}, Index{1}}, false},
      {{1, 1}, {Term{2}, Index{1}}, true},    {{1, 2}, {Term{1}, Index{9}}, false},
      {{1, 1}, {Term{1}, Index{3}}, true},    {{1, 1, 3}, {Term{2}, Index{7}}, false},
      {{2, 2, 2}, {Term{3}, Index{1}}, true},
  };
  for (const UpToDateCase& c : cases) {
    for (const bool pre_vote : {false, true}) {
      BenchSetup setup = plain(3);
      setup.disks[1] = {{Term{5}, raft::kNobody}, entries(c.voter)};
      Bench bench(setup);
      bench.receive(2, 1, 6, RequestVote{pre_vote, c.candidate});
      const auto replies = bench.sent<RequestVoteReply>(1);
      ASSERT_EQ(replies.size(), 1U);
      EXPECT_EQ(replies[0].second.granted, c.granted)
          << c.candidate.term.value() << "/" << c.candidate.index.value();
    }
  }
}

TEST(ElectionFigure2, Vote_LeavesOnlyWhenItIsOnDisk) {
  Bench bench(plain(3));
  bench.hold_syncs(1);
  bench.receive(2, 1, 1, RequestVote{false, {}});
  EXPECT_TRUE(bench.in_flight().empty());
  bench.sync(1);
  EXPECT_EQ(bench.durable(1), (raft::HardState{Term{1}, n(2)}));
  EXPECT_EQ(bench.sent<RequestVoteReply>(1).size(), 1U);
}

TEST(ElectionFigure2, OwnVote_CountsOnlyWhenItIsOnDisk) {
  Bench bench(plain(1));
  bench.hold_syncs(1);
  bench.campaign(1);
  EXPECT_EQ(bench.state(1).role, Role::kCandidate);
  bench.sync(1);
  EXPECT_EQ(bench.state(1).role, Role::kLeader);
}

TEST(ElectionFigure2, VoteThatWasGranted_SurvivesARestart) {
  Bench bench(plain(3));
  bench.receive(2, 1, 1, RequestVote{false, {}});
  bench.crash(1);
  bench.restart(1);
  bench.drop(all());
  bench.receive(3, 1, 1, RequestVote{false, {Term{9}, Index{9}}});
  const auto replies = bench.sent<RequestVoteReply>(1);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_FALSE(replies[0].second.granted);
}

TEST(ElectionFigure2, VoteThatWasNotSynced_WasNeverToldToAnybody) {
  Bench bench(plain(3));
  bench.hold_syncs(1);
  bench.receive(2, 1, 1, RequestVote{false, {}});
  bench.crash(1);
  bench.restart(1);
  EXPECT_TRUE(bench.in_flight().empty());
  EXPECT_EQ(bench.state(1).term, Term{0});
}

TEST(Election8, NewLeader_AppendsANoopAndTellsEverybody) {
  BenchSetup setup = plain(3);
  for (const std::uint32_t node : {1U, 2U, 3U}) setup.disks[node] = {{Term{1}}, entries({1}), {}};
  Bench bench(setup);
  bench.campaign(1);
  bench.receive(2, 1, 2, RequestVoteReply{false, Term{2}, true});
  ASSERT_EQ(bench.state(1).role, Role::kLeader);
  const auto appends = bench.sent<raft::AppendEntries>(1);
  ASSERT_GE(appends.size(), 2U);
  ASSERT_EQ(appends[0].second.entries.size(), 1U);
  EXPECT_EQ(appends[0].second.entries[0].type, raft::EntryType::kNoop);
}

// NuRaft issue 116, thesis 6.2: a leader of an earlier term is nobody's leader.
TEST(Election6_2, StoredLeader_IsForgottenWithItsTerm) {
  Bench bench(plain(3));
  bench.elect(1);
  EXPECT_EQ(bench.state(2).leader, n(1));
  bench.advance(2, std::chrono::seconds(1));
  bench.receive(3, 2, 5, RequestVote{false, {}});
  EXPECT_EQ(bench.state(2).term, Term{5});
  EXPECT_EQ(bench.state(2).leader, raft::kNobody);
}

}  // namespace
}  // namespace capsize::bench
