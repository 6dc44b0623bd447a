// Leader election: paper 5.1, 5.2, 5.4.1, Figure 2 (RequestVote).

#include <gtest/gtest.h>

#include <set>

#include "tests/node/pure/support/raft_fixture.h"

namespace capsize::fixture {
namespace {

using raft::RequestVote;
using raft::RequestVoteReply;
using raft::Role;

FixtureSetup plain(std::uint32_t nodes = 3) {
  FixtureSetup setup;
  setup.nodes = nodes;
  setup.config.pre_vote = false;
  return setup;
}

TEST(Election5_2, NewNode_StartsAsFollowerWithoutTerm) {
  RaftFixture cluster;
  EXPECT_EQ(cluster.state(1).role, Role::kFollower);
  EXPECT_EQ(cluster.state(1).term, Term{0});
  EXPECT_EQ(cluster.state(1).leader, raft::kNoNode);
}

TEST(Election5_2, Timeout_VotesForItselfAndRequestsVotesFromAllOthers) {
  RaftFixture cluster(plain(5));
  cluster.campaign(1);
  EXPECT_EQ(cluster.state(1).role, Role::kCandidate);
  EXPECT_EQ(cluster.state(1).term, Term{1});
  EXPECT_EQ(cluster.state(1).vote, n(1));
  const auto requests = cluster.sent<RequestVote>(1);
  ASSERT_EQ(requests.size(), 4U);
  std::set<NodeId> asked;
  for (const auto& [message, body] : requests) asked.insert(message.to);
  EXPECT_EQ(asked.size(), 4U);
}

TEST(Election5_2, Majority_MakesALeader) {
  for (std::uint32_t size : {1U, 2U, 3U, 4U, 5U, 7U}) {
    RaftFixture cluster(plain(size));
    cluster.campaign(1);
    const std::uint32_t needed = size / 2 + 1;
    for (std::uint32_t voter = 2; voter <= needed; ++voter) {
      EXPECT_NE(cluster.state(1).role, Role::kLeader) << size << " nodes, too few votes";
      cluster.receive(voter, 1, 1, RequestVoteReply{false, Term{1}, true});
    }
    EXPECT_EQ(cluster.state(1).role, Role::kLeader) << size << " nodes";
  }
}

// xraft issue 27: votes were counted, not voters.
TEST(Election5_2, DuplicatedVote_CountsOnce) {
  RaftFixture cluster(plain(5));
  cluster.campaign(1);
  for (int copy = 0; copy < 5; ++copy) {
    cluster.receive(2, 1, 1, RequestVoteReply{false, Term{1}, true});
  }
  EXPECT_EQ(cluster.state(1).role, Role::kCandidate);
}

TEST(Election5_2, VoteOfANonMember_IsIgnored) {
  RaftFixture cluster(plain(3));
  cluster.campaign(1);
  cluster.receive(9, 1, 1, RequestVoteReply{false, Term{1}, true});
  EXPECT_EQ(cluster.state(1).role, Role::kCandidate);
}

// canonical/raft issue 196: a reply counts only for the election that it answers.
TEST(Election5_2, ReplyToAnotherElection_IsIgnored) {
  RaftFixture cluster(plain(3));
  cluster.campaign(1);
  cluster.campaign(1);  // term 2
  cluster.receive(2, 1, 2, RequestVoteReply{false, Term{1}, true});
  cluster.receive(2, 1, 2, RequestVoteReply{true, Term{2}, true});
  EXPECT_EQ(cluster.state(1).role, Role::kCandidate);
  cluster.receive(2, 1, 2, RequestVoteReply{false, Term{2}, true});
  EXPECT_EQ(cluster.state(1).role, Role::kLeader);
}

TEST(Election5_2, OneVotePerTerm_FirstComeFirstServed) {
  RaftFixture cluster(plain(3));
  cluster.receive(2, 1, 1, RequestVote{false, {}});
  EXPECT_EQ(cluster.state(1).vote, n(2));
  cluster.receive(3, 1, 1, RequestVote{false, {}});
  EXPECT_EQ(cluster.state(1).vote, n(2));
  const auto replies = cluster.sent<RequestVoteReply>(1);
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_TRUE(replies[0].second.granted);
  EXPECT_FALSE(replies[1].second.granted);
}

TEST(Election5_2, RepeatedRequestOfTheSameCandidate_IsGrantedAgain) {
  RaftFixture cluster(plain(3));
  cluster.receive(2, 1, 1, RequestVote{false, {}});
  cluster.receive(2, 1, 1, RequestVote{false, {}});
  const auto replies = cluster.sent<RequestVoteReply>(1);
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_TRUE(replies[1].second.granted);
}

// daos-stack/raft PR 70.
TEST(Election5_2, Leader_GrantsNoVoteInItsOwnTerm) {
  RaftFixture cluster(plain(3));
  cluster.elect(1);
  cluster.receive(2, 1, 1, RequestVote{false, {Term{9}, Index{9}}});
  const auto replies = cluster.sent<RequestVoteReply>(1);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_FALSE(replies[0].second.granted);
  EXPECT_EQ(cluster.state(1).role, Role::kLeader);
}

// akka-raft issue 56, redpanda 14: the vote stays after the candidacy.
TEST(Election5_2, CandidateThatStepsDownInItsTerm_KeepsItsVote) {
  RaftFixture cluster(plain(3));
  cluster.campaign(1);
  cluster.receive(2, 1, 1, raft::AppendEntries{});
  EXPECT_EQ(cluster.state(1).role, Role::kFollower);
  EXPECT_EQ(cluster.state(1).vote, n(1));
  cluster.receive(3, 1, 1, RequestVote{false, {Term{9}, Index{9}}});
  const auto replies = cluster.sent<RequestVoteReply>(1);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_FALSE(replies[0].second.granted);
}

TEST(Election5_1, HigherTerm_MakesEveryRoleAFollower) {
  RaftFixture cluster(plain(3));
  cluster.elect(1);
  cluster.receive(2, 1, 7, raft::AppendEntriesReply{});
  EXPECT_EQ(cluster.state(1).role, Role::kFollower);
  EXPECT_EQ(cluster.state(1).term, Term{7});
  EXPECT_EQ(cluster.state(1).vote, raft::kNoNode);
  EXPECT_EQ(cluster.state(1).leader, raft::kNoNode);
}

TEST(Election5_1, LowerTerm_IsRefusedWithTheHigherTerm) {
  RaftFixture cluster(plain(3));
  cluster.campaign(1);
  cluster.campaign(1);
  cluster.drop(all());
  cluster.receive(2, 1, 1, RequestVote{false, {}});
  cluster.receive(2, 1, 1, raft::AppendEntries{});
  const auto votes = cluster.sent<RequestVoteReply>(1);
  ASSERT_EQ(votes.size(), 1U);
  EXPECT_FALSE(votes[0].second.granted);
  EXPECT_EQ(votes[0].first.term, Term{2});
  const auto appends = cluster.sent<raft::AppendEntriesReply>(1);
  ASSERT_EQ(appends.size(), 1U);
  EXPECT_FALSE(appends[0].second.success);
  EXPECT_EQ(appends[0].first.term, Term{2});
}

TEST(Election5_2, Timeout_IsDrawnFromTheRangeEachTime) {
  RaftFixture cluster(plain(3));
  std::set<base::Duration> drawn;
  for (int i = 0; i < 50; ++i) {
    cluster.campaign(1);
    const base::Duration timeout = cluster.node(1).deadline() - cluster.now(1);
    EXPECT_GE(timeout, milliseconds(150));
    EXPECT_LE(timeout, milliseconds(300));
    drawn.insert(timeout);
  }
  EXPECT_GT(drawn.size(), 40U);
}

TEST(Election5_2, NodesWithTheSameSeed_DrawDifferentTimeouts) {
  RaftFixture cluster(plain(5));
  std::set<base::Duration> drawn;
  for (std::uint32_t i = 1; i <= 5; ++i) drawn.insert(cluster.node(i).deadline() - cluster.now(i));
  EXPECT_EQ(drawn.size(), 5U);
}

TEST(Election5_2, GrantedVote_RestartsTheTimer_RefusedOneDoesNot) {
  RaftFixture cluster(plain(3));
  const base::Instant before = cluster.node(1).deadline();
  cluster.advance(1, milliseconds(100));
  cluster.receive(2, 1, 1, RequestVote{false, {}});
  const base::Instant granted = cluster.node(1).deadline();
  EXPECT_NE(granted, before);
  cluster.advance(1, milliseconds(40));
  cluster.receive(3, 1, 1, RequestVote{false, {}});
  EXPECT_EQ(cluster.node(1).deadline(), granted);
}

struct UpToDateCase {
  std::vector<std::uint64_t> voter;
  raft::EntryId candidate;
  bool granted;
};

// openraft a48a3282, RedisLabs/raft PR 2: compare terms, then indexes; equal logs qualify.
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
      FixtureSetup setup = plain(3);
      setup.disks[1] = {{Term{5}, raft::kNoNode}, entries(c.voter)};
      RaftFixture cluster(setup);
      cluster.receive(2, 1, 6, RequestVote{pre_vote, c.candidate});
      const auto replies = cluster.sent<RequestVoteReply>(1);
      ASSERT_EQ(replies.size(), 1U);
      EXPECT_EQ(replies[0].second.granted, c.granted)
          << c.candidate.term.value() << "/" << c.candidate.index.value();
    }
  }
}

TEST(ElectionFigure2, Vote_IsSentOnlyWhenItIsOnDisk) {
  RaftFixture cluster(plain(3));
  cluster.hold_syncs(1);
  cluster.receive(2, 1, 1, RequestVote{false, {}});
  EXPECT_TRUE(cluster.in_flight().empty());
  cluster.sync(1);
  EXPECT_EQ(cluster.durable(1), (raft::HardState{Term{1}, n(2)}));
  EXPECT_EQ(cluster.sent<RequestVoteReply>(1).size(), 1U);
}

TEST(ElectionFigure2, OwnVote_CountsOnlyWhenItIsOnDisk) {
  RaftFixture cluster(plain(1));
  cluster.hold_syncs(1);
  cluster.campaign(1);
  EXPECT_EQ(cluster.state(1).role, Role::kCandidate);
  cluster.sync(1);
  EXPECT_EQ(cluster.state(1).role, Role::kLeader);
}

TEST(ElectionFigure2, GrantedVote_SurvivesARestart) {
  RaftFixture cluster(plain(3));
  cluster.receive(2, 1, 1, RequestVote{false, {}});
  cluster.crash(1);
  cluster.restart(1);
  cluster.drop(all());
  cluster.receive(3, 1, 1, RequestVote{false, {Term{9}, Index{9}}});
  const auto replies = cluster.sent<RequestVoteReply>(1);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_FALSE(replies[0].second.granted);
}

TEST(ElectionFigure2, UnsyncedVote_WasNeverSent) {
  RaftFixture cluster(plain(3));
  cluster.hold_syncs(1);
  cluster.receive(2, 1, 1, RequestVote{false, {}});
  cluster.crash(1);
  cluster.restart(1);
  EXPECT_TRUE(cluster.in_flight().empty());
  EXPECT_EQ(cluster.state(1).term, Term{0});
}

TEST(Election8, NewLeader_AppendsANoopAndSendsItToAllNodes) {
  FixtureSetup setup = plain(3);
  for (const std::uint32_t node : {1U, 2U, 3U}) setup.disks[node] = {{Term{1}}, entries({1}), {}};
  RaftFixture cluster(setup);
  cluster.campaign(1);
  cluster.receive(2, 1, 2, RequestVoteReply{false, Term{2}, true});
  ASSERT_EQ(cluster.state(1).role, Role::kLeader);
  const auto appends = cluster.sent<raft::AppendEntries>(1);
  ASSERT_GE(appends.size(), 2U);
  ASSERT_EQ(appends[0].second.entries.size(), 1U);
  EXPECT_EQ(appends[0].second.entries[0].type, raft::EntryType::kNoop);
}

// NuRaft issue 116, thesis 6.2: the leader of an earlier term is not the leader of this one.
TEST(Election6_2, KnownLeader_IsResetWithTheTerm) {
  RaftFixture cluster(plain(3));
  cluster.elect(1);
  EXPECT_EQ(cluster.state(2).leader, n(1));
  cluster.advance(2, std::chrono::seconds(1));
  cluster.receive(3, 2, 5, RequestVote{false, {}});
  EXPECT_EQ(cluster.state(2).term, Term{5});
  EXPECT_EQ(cluster.state(2).leader, raft::kNoNode);
}

}  // namespace
}  // namespace capsize::fixture
