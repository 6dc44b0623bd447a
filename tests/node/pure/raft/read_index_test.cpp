// Linearizable reads: paper section 8, thesis 6.4.

#include <gtest/gtest.h>

#include "node/raft/read_queue.h"
#include "tests/node/pure/support/raft_fixture.h"

namespace capsize::fixture {
namespace {

using raft::AppendEntries;
using raft::AppendEntriesReply;
using raft::ReadIndexReply;
using raft::ReadIndexRequest;
using raft::ReadRound;
using raft::Role;

TEST(ReadIndex6_4, Leader_AnswersAfterAMajorityHasAcknowledgedTheRound) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.read(1, 7);
  EXPECT_EQ(cluster.read_result(1, 7), std::nullopt);
  cluster.deliver(link(1, 2));
  EXPECT_EQ(cluster.read_result(1, 7), std::nullopt);
  cluster.deliver(link(2, 1));
  EXPECT_EQ(cluster.read_result(1, 7), true);
}

TEST(ReadIndex6_4, IsolatedLeader_AnswersNothing) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.isolate(1);
  cluster.read(1, 7);
  for (int i = 0; i < 4; ++i) cluster.heartbeat(1);
  EXPECT_EQ(cluster.read_result(1, 7), std::nullopt);
}

// etcd 7331, redisraft 19: this leader may not know yet that an entry shown to clients is
// committed.
TEST(ReadIndex6_4, BeforeAnEntryOfItsOwnTermIsCommitted_LeaderAnswersNothing) {
  RaftFixture cluster;
  cluster.campaign(1);
  for (int i = 0; i < 3; ++i) cluster.deliver(all());
  cluster.deliver(kind<raft::RequestVoteReply>(2, 1));
  ASSERT_EQ(cluster.state(1).role, Role::kLeader);
  cluster.read(1, 7);
  for (const auto& [message, body] : cluster.sent<AppendEntries>(1)) {
    EXPECT_EQ(body.read_round, ReadRound{0});
  }
  cluster.settle();
  EXPECT_EQ(cluster.read_result(1, 7), true);
}

// etcd 20418: an acknowledgement confirms the round that it echoes, and no later one.
TEST(ReadIndex6_4, OldAcknowledgement_ConfirmsNoNewRead) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.read(1, 7);
  cluster.deliver(link(1, 2));
  const auto old = cluster.stash(link(2, 1));
  cluster.read(1, 8);
  cluster.drop(all());
  cluster.replay(old);
  cluster.deliver(all());
  EXPECT_EQ(cluster.read_result(1, 7), true);
  EXPECT_EQ(cluster.read_result(1, 8), std::nullopt);
  cluster.replay(old);
  cluster.replay(old);
  cluster.deliver(all());
  EXPECT_EQ(cluster.read_result(1, 8), std::nullopt);
}

TEST(ReadIndex6_4, ManyReads_ShareOneRound) {
  RaftFixture cluster;
  cluster.elect(1);
  for (std::uint64_t id = 1; id < 50; ++id) cluster.node(1).read(id, cluster.now(1));
  cluster.read(1, 50);
  EXPECT_EQ(cluster.count(link(1, 2)), 1U);
  cluster.settle();
  for (std::uint64_t id = 1; id <= 50; ++id) EXPECT_EQ(cluster.read_result(1, id), true);
}

TEST(ReadIndex6_4, Follower_RequestsTheIndexAndWaitsUntilItHasApplied) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.cut(1, 2);
  cluster.propose(1, "a");
  cluster.deliver(all());
  cluster.deliver(all());
  cluster.drop(all());
  cluster.heal();
  ASSERT_EQ(cluster.applied(1).size(), 1U);
  ASSERT_EQ(cluster.applied(2).size(), 0U);
  cluster.read(2, 7);
  cluster.deliver(kind<ReadIndexRequest>(2, 1));
  cluster.deliver(kind<AppendEntries>(1, 3));
  cluster.deliver(kind<AppendEntriesReply>(3, 1));
  cluster.deliver(kind<ReadIndexReply>(1, 2));
  EXPECT_EQ(cluster.read_result(2, 7), std::nullopt);
  cluster.heartbeat(1);
  cluster.settle();
  EXPECT_EQ(cluster.applied(2).size(), 1U);
  EXPECT_EQ(cluster.read_result(2, 7), true);
}

TEST(ReadIndex6_4, LostRequest_IsRepeated) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.read(2, 7);
  cluster.drop(all());
  cluster.advance(2, milliseconds(100));
  EXPECT_EQ(cluster.sent<ReadIndexRequest>(2).size(), 1U);
  cluster.settle();
  EXPECT_EQ(cluster.read_result(2, 7), true);
}

TEST(ReadIndex6_4, NewLeader_GetsTheRequestAtOnce) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.isolate(1);
  cluster.read(2, 7);
  cluster.elect(3);
  EXPECT_EQ(cluster.read_result(2, 7), true);
}

TEST(ReadIndex6_4, DeposedLeadersOwnRead_IsAnsweredByItsSuccessor) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.isolate(1);
  cluster.read(1, 7);
  cluster.elect(2);
  cluster.propose(2, "a");
  cluster.settle();
  cluster.heal();
  cluster.heartbeat(2);
  cluster.settle();
  EXPECT_EQ(cluster.state(1).leader, n(2));
  cluster.advance(1, milliseconds(100));
  cluster.settle();
  EXPECT_EQ(cluster.read_result(1, 7), true);
  EXPECT_EQ(cluster.applied(1).size(), 1U);
}

TEST(ReadIndex6_4, NoLeaderForATimeout_FailsTheRead) {
  RaftFixture cluster;
  cluster.read(1, 7);
  EXPECT_EQ(cluster.read_result(1, 7), std::nullopt);
  cluster.advance(1, milliseconds(301));
  EXPECT_EQ(cluster.read_result(1, 7), false);
}

TEST(ReadIndex6_4, NodeThatDoesNotLead_RepliesWithoutAnIndex) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.receive(3, 2, 1, ReadIndexRequest{5});
  const auto replies = cluster.sent<ReadIndexReply>(2);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].second.index, std::nullopt);
}

TEST(ReadIndex6_4, ReplyToAnEarlierIncarnation_AnswersNoReadOfThisOne) {
  RaftFixture cluster;
  cluster.elect(1);
  cluster.read(2, 7);
  cluster.deliver(kind<ReadIndexRequest>(2, 1));
  cluster.deliver(link(1, 3));
  cluster.deliver(link(3, 1));
  const auto answer = cluster.stash(kind<ReadIndexReply>(1, 2));
  ASSERT_EQ(answer.size(), 1U);
  cluster.drop(all());
  cluster.crash(2);
  cluster.restart(2);
  cluster.heartbeat(1);
  cluster.settle();
  cluster.read(2, 7);
  cluster.drop(all());
  cluster.replay(answer);
  cluster.deliver(all());
  EXPECT_EQ(cluster.read_result(2, 7), std::nullopt);
}

TEST(ReadIndex6_4, SingleNode_IsItsOwnMajority) {
  FixtureSetup setup;
  setup.nodes = 1;
  RaftFixture cluster(setup);
  cluster.elect(1);
  cluster.read(1, 7);
  EXPECT_EQ(cluster.read_result(1, 7), true);
}

TEST(ReadQueue, Rounds_AscendAndAreConfirmedInOrder) {
  raft::ReadQueue queue;
  EXPECT_FALSE(queue.begin_round(Index{1}));
  queue.add({n(1), 1});
  EXPECT_TRUE(queue.begin_round(Index{1}));
  queue.add({n(2), 2});
  EXPECT_TRUE(queue.begin_round(Index{4}));
  EXPECT_EQ(queue.round(), ReadRound{2});
  EXPECT_TRUE(queue.confirm(ReadRound{0}).empty());
  const auto confirmed = queue.confirm(ReadRound{1});
  ASSERT_EQ(confirmed.size(), 1U);
  EXPECT_EQ(confirmed[0].index, Index{1});
  EXPECT_EQ(queue.abandon().size(), 1U);
  queue.add({n(1), 3});
  queue.begin_round(Index{5});
  EXPECT_EQ(queue.round(), ReadRound{3});
}

TEST(ReadQueue, TooManyRounds_CollectInTheNextOne) {
  raft::ReadQueue queue;
  for (std::size_t i = 0; i < raft::kReadRoundsInFlightMax; ++i) {
    queue.add({n(1), i});
    EXPECT_TRUE(queue.begin_round(Index{1}));
  }
  queue.add({n(1), 98});
  queue.add({n(1), 99});
  EXPECT_FALSE(queue.begin_round(Index{1}));
  EXPECT_EQ(queue.confirm(queue.round()).size(), raft::kReadRoundsInFlightMax);
  EXPECT_TRUE(queue.begin_round(Index{1}));
  EXPECT_EQ(queue.confirm(queue.round()).size(), 2U);
}

}  // namespace
}  // namespace capsize::fixture
