// A node without its ports: which answer a client gets, and above all when it is a definite one.

#include "node/replica/replica.h"

#include <gtest/gtest.h>

#include "tests/node/pure/replica/replica_bench.h"

namespace capsize::replica {
namespace {

using kv::Outcome;

void expect_reply(const std::optional<kv::Reply>& reply, Outcome outcome, std::string error) {
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->outcome, outcome);
  EXPECT_EQ(reply->error, error);
}

raft::Entry logged(std::uint64_t term, std::uint64_t index, const kv::Command& command) {
  return {Term{term}, Index{index}, raft::EntryType::kNormal,
          std::make_shared<const std::string>(kv::encode(command))};
}
raft::Entry noop(std::uint64_t term, std::uint64_t index) {
  return {Term{term}, Index{index}, raft::EntryType::kNoop, std::make_shared<const std::string>()};
}

TEST(ReplicaAlone, WriteAndRead_AreAnswered) {
  ReplicaBench bench(1);
  bench.lead();
  bench.request(1, write(1, 1, "5"));
  expect_reply(bench.reply(1), Outcome::kOk, "");
  bench.request(2, read_x());
  const auto read = bench.reply(2);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->value, "5");
  bench.request(
      3, kv::Command{
             kv::ClientId{1}, kv::Sequence{2}, kv::Operation::kCas, "x", "7", "6", {}, {}, {}});
  expect_reply(bench.reply(3), Outcome::kFail, "mismatch");
  EXPECT_EQ(bench.replica().pending_requests(), 0U);
}

TEST(ReplicaAlone, Restart_AppliesItsLogAgain) {
  ReplicaBench bench(1);
  bench.lead();
  bench.request(1, write(1, 1, "5"));
  const std::uint64_t before = bench.replica().state_hash();
  bench.restart();
  bench.lead();
  EXPECT_EQ(bench.replica().state_hash(), before);
}

TEST(ReplicaRequest, WithoutALeader_WritesFailAtOnceAndReadsAfterATimeout) {
  ReplicaBench bench;
  bench.request(1, write(1, 1, "5"));
  expect_reply(bench.reply(1), Outcome::kFail, "no-leader");
  bench.request(2, read_x());
  EXPECT_FALSE(bench.reply(2));
  bench.wait(milliseconds(301));
  expect_reply(bench.reply(2), Outcome::kFail, "no-leader");
}

TEST(ReplicaRequest, Malformed_FailsWithoutAnyEffect) {
  ReplicaBench bench(1);
  bench.lead();
  bench.request(1, write(1, 1, ""));
  expect_reply(bench.reply(1), Outcome::kFail, "malformed");
}

TEST(ReplicaRequest, OverTheLimit_IsBusy) {
  Limits limits;
  limits.pending_requests_max = 2;
  ReplicaBench bench(3, limits);
  bench.lead();
  for (std::uint64_t id = 1; id <= 3; ++id) bench.request(id, write(1, id, "5"));
  expect_reply(bench.reply(3), Outcome::kFail, "busy");
  EXPECT_FALSE(bench.reply(1));
  bench.acknowledge();
  expect_reply(bench.reply(1), Outcome::kOk, "");
}

TEST(ReplicaRequest, NoOutcomeInTime_IsIndeterminate) {
  Limits limits;
  limits.request_age_max = std::chrono::seconds(2);
  ReplicaBench bench(3, limits);
  bench.lead();
  bench.request(1, write(1, 1, "5"));
  EXPECT_LE(bench.replica().deadline(), bench.now() + limits.request_age_max);
  bench.wait(milliseconds(1999));
  EXPECT_FALSE(bench.reply(1));
  bench.wait(milliseconds(1));
  expect_reply(bench.reply(1), Outcome::kInfo, "timeout");
  EXPECT_EQ(bench.replica().pending_requests(), 0U);
}

// Leadership says nothing about the entry: it may be on a majority already.
TEST(ReplicaRequest, LostLeadership_DecidesNothing) {
  ReplicaBench bench;
  bench.lead();
  bench.request(1, write(1, 1, "5"));
  bench.follow(2, {Term{1}, Index{2}}, {noop(2, 3)}, 0);
  EXPECT_FALSE(bench.reply(1));
  bench.follow(2, {Term{2}, Index{3}}, {}, 3);
  expect_reply(bench.reply(1), Outcome::kOk, "");
}

TEST(ReplicaRequest, AnotherLeadersEntryInItsPlace_Supersedes) {
  ReplicaBench bench;
  bench.lead();
  bench.request(1, write(1, 1, "5"));
  bench.follow(2, {Term{1}, Index{1}}, {noop(2, 2)}, 1);
  EXPECT_FALSE(bench.reply(1));
  bench.follow(2, {Term{2}, Index{2}}, {}, 2);
  expect_reply(bench.reply(1), Outcome::kInfo, "superseded");
}

TEST(ReplicaForward, Follower_HandsOnOnceAndTakesTheReply) {
  ReplicaBench bench;
  bench.follow(1, {}, {noop(1, 1)}, 1);
  bench.request(7, write(1, 1, "5"));
  const auto forwards = bench.sent<Forward>();
  ASSERT_EQ(forwards.size(), 1U);
  EXPECT_EQ(forwards[0].id, RequestId{7});
  const std::uint64_t incarnation = forwards[0].incarnation;
  const kv::Reply ok{Outcome::kOk, "", ""};
  bench.receive(2, 1, ForwardReply{RequestId{7}, incarnation - 1, {Outcome::kFail, "", "busy"}});
  EXPECT_FALSE(bench.reply(7)) << "an answer to an earlier life";
  bench.receive(2, 1, ForwardReply{RequestId{7}, incarnation, ok});
  expect_reply(bench.reply(7), Outcome::kOk, "");
  bench.receive(2, 1, ForwardReply{RequestId{7}, incarnation, ok});
  EXPECT_FALSE(bench.reply(7)) << "a second reply";
  // Nothing is sent again, whatever happens to the leader.
  bench.request(8, write(1, 2, "6"));
  bench.sent<Forward>();
  bench.receive_raft(3, 2, raft::AppendEntries{{Term{1}, Index{1}}, Index{1}, {}, {}});
  bench.wait(milliseconds(100));
  EXPECT_TRUE(bench.sent<Forward>().empty());
  EXPECT_FALSE(bench.reply(8));
}

// The leader that it was handed on to may be dead: its client must not wait for the node's bound.
TEST(ReplicaForward, LeaderHasChanged_IsLostAfterOneElectionTimeout) {
  ReplicaBench bench;
  bench.follow(1, {}, {noop(1, 1)}, 1);
  bench.request(7, append(4, 9, "5"));
  bench.follow(2, {Term{1}, Index{1}}, {noop(2, 2)}, 1);
  EXPECT_LE(bench.replica().deadline(), bench.now() + milliseconds(300));
  bench.request(8, append(4, 10, "6"));
  bench.wait(milliseconds(299));
  EXPECT_FALSE(bench.reply(7));
  bench.wait(milliseconds(1));
  expect_reply(bench.reply(7), Outcome::kInfo, "lost");
  EXPECT_FALSE(bench.reply(8)) << "handed on to the new leader";
  EXPECT_EQ(bench.replica().pending_requests(), 1U);
}

TEST(ReplicaForward, AppliedWithinTheGrace_HasItsTrueOutcome) {
  ReplicaBench bench;
  bench.follow(1, {}, {noop(1, 1)}, 1);
  bench.request(7, append(4, 9, "5"));
  bench.follow(1, {Term{1}, Index{1}}, {logged(1, 2, append(4, 9, "5"))}, 1);
  bench.follow(2, {Term{1}, Index{2}}, {noop(2, 3)}, 1);
  bench.wait(milliseconds(200));
  EXPECT_FALSE(bench.reply(7));
  bench.follow(2, {Term{2}, Index{3}}, {}, 3);
  expect_reply(bench.reply(7), Outcome::kOk, "");
  bench.wait(milliseconds(200));
  EXPECT_FALSE(bench.reply(7)) << "a second reply";
}

TEST(ReplicaForward, SameLeaderAndTerm_KeepsWaiting) {
  ReplicaBench bench;
  bench.follow(1, {}, {noop(1, 1)}, 1);
  bench.request(7, append(4, 9, "5"));
  for (int i = 0; i < 20; ++i) {
    bench.wait(milliseconds(100));
    bench.follow(1, {Term{1}, Index{1}}, {}, 1);
  }
  EXPECT_FALSE(bench.reply(7));
}

TEST(ReplicaForward, OriginThatAppliesTheEntryItself_NeedsNoReply) {
  ReplicaBench bench;
  bench.follow(1, {}, {noop(1, 1)}, 1);
  bench.request(7, write(4, 9, "5"));
  bench.follow(1, {Term{1}, Index{1}}, {logged(1, 2, write(4, 8, "4"))}, 2);
  EXPECT_FALSE(bench.reply(7)) << "another command of that client";
  bench.follow(1, {Term{1}, Index{2}}, {logged(1, 3, write(4, 9, "5"))}, 3);
  expect_reply(bench.reply(7), Outcome::kOk, "");
}

TEST(ReplicaForward, Leader_CarriesItOutOnceHoweverOftenItArrives) {
  ReplicaBench bench;
  bench.lead();
  const Forward forward{RequestId{7}, 1, append(4, 1, "1")};
  for (int copy = 0; copy < 3; ++copy) bench.receive(2, 1, forward);
  bench.acknowledge();
  bench.receive(2, 1, forward);
  bench.acknowledge();
  const auto replies = bench.sent<ForwardReply>();
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].reply.outcome, Outcome::kOk);
  EXPECT_EQ(bench.replica().soft_state().last, Index{2});
}

TEST(ReplicaForward, NodeThatDoesNotLead_RefusesForGood) {
  ReplicaBench bench;
  bench.follow(1, {}, {noop(1, 1)}, 1);
  const Forward forward{RequestId{7}, 1, append(4, 1, "1")};
  bench.receive(3, 1, forward);
  auto replies = bench.sent<ForwardReply>();
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].reply.outcome, Outcome::kFail);
  EXPECT_EQ(replies[0].reply.error, "not-leader");
  // The client was told that it never happened. So it must not, not even by a copy that comes when
  // this node leads.
  bench.lead();
  const Index last = bench.replica().soft_state().last;
  bench.receive(3, 2, forward);
  EXPECT_EQ(bench.replica().soft_state().last, last);
  EXPECT_TRUE(bench.sent<ForwardReply>().empty());
}

// redisraft 23: the first copy was appended; a later copy must not be refused definitely.
TEST(ReplicaForward, CopyThatArrivesAfterLeadershipIsLost_GetsNoRefusal) {
  ReplicaBench bench;
  bench.lead();
  const Forward forward{RequestId{7}, 1, append(4, 1, "1")};
  bench.receive(3, 1, forward);
  bench.follow(2, {Term{1}, Index{2}}, {}, 0);
  bench.receive(3, 1, forward);
  EXPECT_TRUE(bench.sent<ForwardReply>().empty());
}

TEST(ReplicaForward, SentToAnEarlierLife_IsNeitherCarriedOutNorRefused) {
  ReplicaBench bench;
  bench.lead();
  const Forward forward{RequestId{7}, 1, append(4, 1, "1")};
  bench.receive(3, 1, forward);
  bench.restart();
  for (const bool leads : {false, true}) {
    if (leads) bench.lead();
    const Index last = bench.replica().soft_state().last;
    bench.receive(3, 1, Forward{RequestId{leads ? 8U : 7U}, 1, append(4, 1, "1")});
    EXPECT_EQ(bench.replica().soft_state().last, last);
    const auto replies = bench.sent<ForwardReply>();
    ASSERT_EQ(replies.size(), 1U);
    EXPECT_EQ(replies[0].reply.outcome, Outcome::kInfo);
    EXPECT_EQ(replies[0].reply.error, "lost");
  }
}

TEST(ReplicaForward, HostileRequests_AreRefusedOrIgnored) {
  ReplicaBench bench;
  bench.lead();
  bench.receive(2, 1, Forward{RequestId{2}, 1, read_x()});
  bench.receive(2, 1, Forward{RequestId{3}, 1, write(1, 1, "")});
  for (const ForwardReply& reply : bench.sent<ForwardReply>()) {
    EXPECT_EQ(reply.reply.error, "malformed");
  }
  EXPECT_EQ(bench.replica().soft_state().last, Index{1});
}

TEST(ReplicaRead, Follower_AsksForAReadIndex) {
  ReplicaBench bench;
  bench.follow(1, {}, {noop(1, 1), logged(1, 2, write(1, 1, "5"))}, 2);
  bench.request(1, read_x());
  EXPECT_FALSE(bench.reply(1));
  const auto asked = bench.sent<raft::MessageBody>();
  std::uint64_t id = 0;
  for (const auto& body : asked) {
    if (const auto* question = std::get_if<raft::ReadIndexRequest>(&body)) id = question->id;
  }
  bench.receive_raft(2, 1, raft::ReadIndexReply{id, Index{3}});
  EXPECT_FALSE(bench.reply(1)) << "index 3 is not applied here yet";
  bench.follow(1, {Term{1}, Index{2}}, {logged(1, 3, write(1, 2, "6"))}, 3);
  const auto read = bench.reply(1);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->value, "6");
}

TEST(Replica_, LargeEntries_MakeASnapshotDueBeforeTheirNumberDoes) {
  ReplicaBench bench(1, {.snapshot_every = 1000, .snapshot_bytes = 300});
  bench.lead();
  bench.request(1, write(1, 1, "\"small\""));
  EXPECT_EQ(bench.replica().soft_state().snapshot, Index{0});
  bench.request(2, write(1, 2, '"' + std::string(400, 'v') + '"'));
  const Index first = bench.replica().soft_state().snapshot;
  EXPECT_GT(first, Index{0});
  bench.request(3, write(1, 3, "\"small\""));
  EXPECT_EQ(bench.replica().soft_state().snapshot, first) << "counted anew";
}

}  // namespace
}  // namespace capsize::replica
