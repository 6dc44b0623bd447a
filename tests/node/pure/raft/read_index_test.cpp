// Linearizable reads: paper section 8, thesis 6.4.

#include <gtest/gtest.h>

#include "node/raft/read_queue.h"
#include "tests/node/pure/support/bench.h"

namespace capsize::bench {
namespace {

using raft::AppendEntries;
using raft::AppendEntriesReply;
using raft::ReadIndexReply;
using raft::ReadIndexRequest;
using raft::ReadRound;
using raft::Role;

TEST(ReadIndex6_4, Leader_AnswersAfterAMajorityHasAcknowledgedTheRound) {
  Bench bench;
  bench.elect(1);
  bench.read(1, 7);
  EXPECT_EQ(bench.read_result(1, 7), std::nullopt);
  bench.deliver(link(1, 2));
  EXPECT_EQ(bench.read_result(1, 7), std::nullopt);
  bench.deliver(link(2, 1));
  EXPECT_EQ(bench.read_result(1, 7), true);
}

TEST(ReadIndex6_4, IsolatedLeader_AnswersNothing) {
  Bench bench;
  bench.elect(1);
  bench.isolate(1);
  bench.read(1, 7);
  for (int i = 0; i < 4; ++i) bench.heartbeat(1);
  EXPECT_EQ(bench.read_result(1, 7), std::nullopt);
}

// etcd 7331, redisraft 19: what an earlier leader has shown to clients may not be committed here.
TEST(ReadIndex6_4, BeforeAnEntryOfItsOwnTermIsCommitted_LeaderAnswersNothing) {
  Bench bench;
  bench.campaign(1);
  for (int i = 0; i < 3; ++i) bench.deliver(all());
  bench.deliver(kind<raft::RequestVoteReply>(2, 1));
  ASSERT_EQ(bench.state(1).role, Role::kLeader);
  bench.read(1, 7);
  for (const auto& [message, body] : bench.sent<AppendEntries>(1)) {
    EXPECT_EQ(body.read_round, ReadRound{0});
  }
  bench.settle();
  EXPECT_EQ(bench.read_result(1, 7), true);
}

// etcd 20418: an acknowledgement confirms the round that it echoes, and none that began later.
TEST(ReadIndex6_4, OldAcknowledgement_ConfirmsNoNewRead) {
  Bench bench;
  bench.elect(1);
  bench.read(1, 7);
  bench.deliver(link(1, 2));
  const auto old = bench.stash(link(2, 1));
  bench.read(1, 8);
  bench.drop(all());
  bench.replay(old);
  bench.deliver(all());
  EXPECT_EQ(bench.read_result(1, 7), true);
  EXPECT_EQ(bench.read_result(1, 8), std::nullopt);
  bench.replay(old);
  bench.replay(old);
  bench.deliver(all());
  EXPECT_EQ(bench.read_result(1, 8), std::nullopt);
}

TEST(ReadIndex6_4, ManyReads_ShareOneRound) {
  Bench bench;
  bench.elect(1);
  for (std::uint64_t id = 1; id < 50; ++id) bench.node(1).read(id, bench.now(1));
  bench.read(1, 50);
  EXPECT_EQ(bench.count(link(1, 2)), 1U);
  bench.settle();
  for (std::uint64_t id = 1; id <= 50; ++id) EXPECT_EQ(bench.read_result(1, id), true);
}

TEST(ReadIndex6_4, Follower_AsksTheLeaderAndWaitsUntilItHasApplied) {
  Bench bench;
  bench.elect(1);
  bench.cut(1, 2);
  bench.propose(1, "a");
  bench.deliver(all());
  bench.deliver(all());
  bench.drop(all());
  bench.heal();
  ASSERT_EQ(bench.applied(1).size(), 1U);
  ASSERT_EQ(bench.applied(2).size(), 0U);
  bench.read(2, 7);
  bench.deliver(kind<ReadIndexRequest>(2, 1));
  bench.deliver(kind<AppendEntries>(1, 3));
  bench.deliver(kind<AppendEntriesReply>(3, 1));
  bench.deliver(kind<ReadIndexReply>(1, 2));
  EXPECT_EQ(bench.read_result(2, 7), std::nullopt);
  bench.heartbeat(1);
  bench.settle();
  EXPECT_EQ(bench.applied(2).size(), 1U);
  EXPECT_EQ(bench.read_result(2, 7), true);
}

TEST(ReadIndex6_4, LostQuestion_IsAskedAgain) {
  Bench bench;
  bench.elect(1);
  bench.read(2, 7);
  bench.drop(all());
  bench.advance(2, milliseconds(100));
  EXPECT_EQ(bench.sent<ReadIndexRequest>(2).size(), 1U);
  bench.settle();
  EXPECT_EQ(bench.read_result(2, 7), true);
}

TEST(ReadIndex6_4, NewLeader_IsAskedAtOnce) {
  Bench bench;
  bench.elect(1);
  bench.isolate(1);
  bench.read(2, 7);
  bench.elect(3);
  EXPECT_EQ(bench.read_result(2, 7), true);
}

TEST(ReadIndex6_4, DeposedLeadersOwnRead_IsAnsweredByItsSuccessor) {
  Bench bench;
  bench.elect(1);
  bench.isolate(1);
  bench.read(1, 7);
  bench.elect(2);
  bench.propose(2, "a");
  bench.settle();
  bench.heal();
  bench.heartbeat(2);
  bench.settle();
  EXPECT_EQ(bench.state(1).leader, n(2));
  bench.advance(1, milliseconds(100));
  bench.settle();
  EXPECT_EQ(bench.read_result(1, 7), true);
  EXPECT_EQ(bench.applied(1).size(), 1U);
}

TEST(ReadIndex6_4, NoLeaderForATimeout_FailsTheRead) {
  Bench bench;
  bench.read(1, 7);
  EXPECT_EQ(bench.read_result(1, 7), std::nullopt);
  bench.advance(1, milliseconds(301));
  EXPECT_EQ(bench.read_result(1, 7), false);
}

TEST(ReadIndex6_4, NodeThatDoesNotLead_SaysSo) {
  Bench bench;
  bench.elect(1);
  bench.receive(3, 2, 1, ReadIndexRequest{5});
  const auto replies = bench.sent<ReadIndexReply>(2);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].second.index, std::nullopt);
}

TEST(ReadIndex6_4, AnswerToAnEarlierLife_AnswersNoReadOfThisOne) {
  Bench bench;
  bench.elect(1);
  bench.read(2, 7);
  bench.deliver(kind<ReadIndexRequest>(2, 1));
  bench.deliver(link(1, 3));
  bench.deliver(link(3, 1));
  const auto answer = bench.stash(kind<ReadIndexReply>(1, 2));
  ASSERT_EQ(answer.size(), 1U);
  bench.drop(all());
  bench.crash(2);
  bench.restart(2);
  bench.heartbeat(1);
  bench.settle();
  bench.read(2, 7);
  bench.drop(all());
  bench.replay(answer);
  bench.deliver(all());
  EXPECT_EQ(bench.read_result(2, 7), std::nullopt);
}

TEST(ReadIndex6_4, SingleNode_IsItsOwnMajority) {
  BenchSetup setup;
  setup.nodes = 1;
  Bench bench(setup);
  bench.elect(1);
  bench.read(1, 7);
  EXPECT_EQ(bench.read_result(1, 7), true);
}

TEST(ReadQueue, Rounds_OnlyGrowAndConfirmInOrder) {
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

TEST(ReadQueue, TooManyRounds_GatherInTheNext) {
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
}  // namespace capsize::bench
