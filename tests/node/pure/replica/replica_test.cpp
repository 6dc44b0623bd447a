// A node without its ports: which reply a client gets, and above all when it may be a definite one.

#include "node/replica/replica.h"

#include <gtest/gtest.h>

#include "tests/node/pure/replica/replica_fixture.h"

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
  ReplicaFixture fixture(1);
  fixture.lead();
  fixture.request(1, write(1, 1, "5"));
  expect_reply(fixture.reply(1), Outcome::kOk, "");
  fixture.request(2, read_x());
  const auto read = fixture.reply(2);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->value, "5");
  fixture.request(
      3, kv::Command{
             kv::ClientId{1}, kv::Sequence{2}, kv::Operation::kCas, "x", "7", "6", {}, {}, {}});
  expect_reply(fixture.reply(3), Outcome::kFail, "mismatch");
  EXPECT_EQ(fixture.replica().pending_requests(), 0U);
}

TEST(ReplicaAlone, Restart_ReappliesItsLog) {
  ReplicaFixture fixture(1);
  fixture.lead();
  fixture.request(1, write(1, 1, "5"));
  const std::uint64_t before = fixture.replica().state_hash();
  fixture.restart();
  fixture.lead();
  EXPECT_EQ(fixture.replica().state_hash(), before);
}

TEST(ReplicaRequest, WithoutALeader_WritesFailAtOnceAndReadsAfterATimeout) {
  ReplicaFixture fixture;
  fixture.request(1, write(1, 1, "5"));
  expect_reply(fixture.reply(1), Outcome::kFail, "no-leader");
  fixture.request(2, read_x());
  EXPECT_FALSE(fixture.reply(2));
  fixture.wait(milliseconds(301));
  expect_reply(fixture.reply(2), Outcome::kFail, "no-leader");
}

TEST(ReplicaRequest, Malformed_FailsWithoutAnyEffect) {
  ReplicaFixture fixture(1);
  fixture.lead();
  fixture.request(1, write(1, 1, ""));
  expect_reply(fixture.reply(1), Outcome::kFail, "malformed");
}

TEST(ReplicaRequest, OverTheLimit_IsBusy) {
  Limits limits;
  limits.pending_requests_max = 2;
  ReplicaFixture fixture(3, limits);
  fixture.lead();
  for (std::uint64_t id = 1; id <= 3; ++id) fixture.request(id, write(1, id, "5"));
  expect_reply(fixture.reply(3), Outcome::kFail, "busy");
  EXPECT_FALSE(fixture.reply(1));
  fixture.acknowledge();
  expect_reply(fixture.reply(1), Outcome::kOk, "");
}

TEST(ReplicaRequest, NoOutcomeInTime_IsIndeterminate) {
  Limits limits;
  limits.request_age_max = std::chrono::seconds(2);
  ReplicaFixture fixture(3, limits);
  fixture.lead();
  fixture.request(1, write(1, 1, "5"));
  EXPECT_LE(fixture.replica().deadline(), fixture.now() + limits.request_age_max);
  fixture.wait(milliseconds(1999));
  EXPECT_FALSE(fixture.reply(1));
  fixture.wait(milliseconds(1));
  expect_reply(fixture.reply(1), Outcome::kInfo, "timeout");
  EXPECT_EQ(fixture.replica().pending_requests(), 0U);
}

// Lost leadership says nothing about the entry: it may already be on a majority.
TEST(ReplicaRequest, LostLeadership_DecidesNothing) {
  ReplicaFixture fixture;
  fixture.lead();
  fixture.request(1, write(1, 1, "5"));
  fixture.follow(2, {Term{1}, Index{2}}, {noop(2, 3)}, 0);
  EXPECT_FALSE(fixture.reply(1));
  fixture.follow(2, {Term{2}, Index{3}}, {}, 3);
  expect_reply(fixture.reply(1), Outcome::kOk, "");
}

TEST(ReplicaRequest, AnotherLeadersEntryAtItsIndex_SupersedesIt) {
  ReplicaFixture fixture;
  fixture.lead();
  fixture.request(1, write(1, 1, "5"));
  fixture.follow(2, {Term{1}, Index{1}}, {noop(2, 2)}, 1);
  EXPECT_FALSE(fixture.reply(1));
  fixture.follow(2, {Term{2}, Index{2}}, {}, 2);
  expect_reply(fixture.reply(1), Outcome::kInfo, "superseded");
}

TEST(ReplicaForward, Follower_ForwardsOnceAndAcceptsTheReply) {
  ReplicaFixture fixture;
  fixture.follow(1, {}, {noop(1, 1)}, 1);
  fixture.request(7, write(1, 1, "5"));
  const auto forwards = fixture.sent<Forward>();
  ASSERT_EQ(forwards.size(), 1U);
  EXPECT_EQ(forwards[0].id, RequestId{7});
  const std::uint64_t incarnation = forwards[0].incarnation;
  const kv::Reply ok{Outcome::kOk, "", ""};
  fixture.receive(2, 1, ForwardReply{RequestId{7}, incarnation - 1, {Outcome::kFail, "", "busy"}});
  EXPECT_FALSE(fixture.reply(7)) << "a reply to an earlier incarnation";
  fixture.receive(2, 1, ForwardReply{RequestId{7}, incarnation, ok});
  expect_reply(fixture.reply(7), Outcome::kOk, "");
  fixture.receive(2, 1, ForwardReply{RequestId{7}, incarnation, ok});
  EXPECT_FALSE(fixture.reply(7)) << "a second reply";
  // It is not forwarded again, whatever happens to the leader.
  fixture.request(8, write(1, 2, "6"));
  fixture.sent<Forward>();
  fixture.receive_raft(3, 2, raft::AppendEntries{{Term{1}, Index{1}}, Index{1}, {}, {}});
  fixture.wait(milliseconds(100));
  EXPECT_TRUE(fixture.sent<Forward>().empty());
  EXPECT_FALSE(fixture.reply(8));
}

// The leader may have crashed: the client must not wait until the request times out.
TEST(ReplicaForward, LeaderHasChanged_IsLostAfterOneElectionTimeout) {
  ReplicaFixture fixture;
  fixture.follow(1, {}, {noop(1, 1)}, 1);
  fixture.request(7, append(4, 9, "5"));
  fixture.follow(2, {Term{1}, Index{1}}, {noop(2, 2)}, 1);
  EXPECT_LE(fixture.replica().deadline(), fixture.now() + milliseconds(300));
  fixture.request(8, append(4, 10, "6"));
  fixture.wait(milliseconds(299));
  EXPECT_FALSE(fixture.reply(7));
  fixture.wait(milliseconds(1));
  expect_reply(fixture.reply(7), Outcome::kInfo, "lost");
  EXPECT_FALSE(fixture.reply(8)) << "forwarded to the new leader";
  EXPECT_EQ(fixture.replica().pending_requests(), 1U);
}

TEST(ReplicaForward, AppliedWithinTheGracePeriod_HasItsDefiniteOutcome) {
  ReplicaFixture fixture;
  fixture.follow(1, {}, {noop(1, 1)}, 1);
  fixture.request(7, append(4, 9, "5"));
  fixture.follow(1, {Term{1}, Index{1}}, {logged(1, 2, append(4, 9, "5"))}, 1);
  fixture.follow(2, {Term{1}, Index{2}}, {noop(2, 3)}, 1);
  fixture.wait(milliseconds(200));
  EXPECT_FALSE(fixture.reply(7));
  fixture.follow(2, {Term{2}, Index{3}}, {}, 3);
  expect_reply(fixture.reply(7), Outcome::kOk, "");
  fixture.wait(milliseconds(200));
  EXPECT_FALSE(fixture.reply(7)) << "a second reply";
}

TEST(ReplicaForward, SameLeaderAndTerm_KeepsWaiting) {
  ReplicaFixture fixture;
  fixture.follow(1, {}, {noop(1, 1)}, 1);
  fixture.request(7, append(4, 9, "5"));
  for (int i = 0; i < 20; ++i) {
    fixture.wait(milliseconds(100));
    fixture.follow(1, {Term{1}, Index{1}}, {}, 1);
  }
  EXPECT_FALSE(fixture.reply(7));
}

TEST(ReplicaForward, OriginThatAppliesTheEntryItself_NeedsNoReply) {
  ReplicaFixture fixture;
  fixture.follow(1, {}, {noop(1, 1)}, 1);
  fixture.request(7, write(4, 9, "5"));
  fixture.follow(1, {Term{1}, Index{1}}, {logged(1, 2, write(4, 8, "4"))}, 2);
  EXPECT_FALSE(fixture.reply(7)) << "another command of that client";
  fixture.follow(1, {Term{1}, Index{2}}, {logged(1, 3, write(4, 9, "5"))}, 3);
  expect_reply(fixture.reply(7), Outcome::kOk, "");
}

TEST(ReplicaForward, Leader_ExecutesARequestOnceHoweverOftenItArrives) {
  ReplicaFixture fixture;
  fixture.lead();
  const Forward forward{RequestId{7}, 1, append(4, 1, "1")};
  for (int copy = 0; copy < 3; ++copy) fixture.receive(2, 1, forward);
  fixture.acknowledge();
  fixture.receive(2, 1, forward);
  fixture.acknowledge();
  const auto replies = fixture.sent<ForwardReply>();
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].reply.outcome, Outcome::kOk);
  EXPECT_EQ(fixture.replica().soft_state().last, Index{2});
}

TEST(ReplicaForward, NodeThatDoesNotLead_RefusesPermanently) {
  ReplicaFixture fixture;
  fixture.follow(1, {}, {noop(1, 1)}, 1);
  const Forward forward{RequestId{7}, 1, append(4, 1, "1")};
  fixture.receive(3, 1, forward);
  auto replies = fixture.sent<ForwardReply>();
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].reply.outcome, Outcome::kFail);
  EXPECT_EQ(replies[0].reply.error, "not-leader");
  // The client got a definite failure, so the request must never be executed, not even as a copy
  // that arrives when this node leads.
  fixture.lead();
  const Index last = fixture.replica().soft_state().last;
  fixture.receive(3, 2, forward);
  EXPECT_EQ(fixture.replica().soft_state().last, last);
  EXPECT_TRUE(fixture.sent<ForwardReply>().empty());
}

// redisraft 23: the first copy was appended; a later copy must not be refused definitely.
TEST(ReplicaForward, CopyThatArrivesAfterLeadershipIsLost_GetsNoRefusal) {
  ReplicaFixture fixture;
  fixture.lead();
  const Forward forward{RequestId{7}, 1, append(4, 1, "1")};
  fixture.receive(3, 1, forward);
  fixture.follow(2, {Term{1}, Index{2}}, {}, 0);
  fixture.receive(3, 1, forward);
  EXPECT_TRUE(fixture.sent<ForwardReply>().empty());
}

TEST(ReplicaForward, SentToAnEarlierIncarnation_IsNeitherExecutedNorRefused) {
  ReplicaFixture fixture;
  fixture.lead();
  const Forward forward{RequestId{7}, 1, append(4, 1, "1")};
  fixture.receive(3, 1, forward);
  fixture.restart();
  for (const bool leads : {false, true}) {
    if (leads) fixture.lead();
    const Index last = fixture.replica().soft_state().last;
    fixture.receive(3, 1, Forward{RequestId{leads ? 8U : 7U}, 1, append(4, 1, "1")});
    EXPECT_EQ(fixture.replica().soft_state().last, last);
    const auto replies = fixture.sent<ForwardReply>();
    ASSERT_EQ(replies.size(), 1U);
    EXPECT_EQ(replies[0].reply.outcome, Outcome::kInfo);
    EXPECT_EQ(replies[0].reply.error, "lost");
  }
}

TEST(ReplicaForward, HostileRequests_AreRefusedOrIgnored) {
  ReplicaFixture fixture;
  fixture.lead();
  fixture.receive(2, 1, Forward{RequestId{2}, 1, read_x()});
  fixture.receive(2, 1, Forward{RequestId{3}, 1, write(1, 1, "")});
  for (const ForwardReply& reply : fixture.sent<ForwardReply>()) {
    EXPECT_EQ(reply.reply.error, "malformed");
  }
  EXPECT_EQ(fixture.replica().soft_state().last, Index{1});
}

TEST(ReplicaRead, Follower_RequestsAReadIndex) {
  ReplicaFixture fixture;
  fixture.follow(1, {}, {noop(1, 1), logged(1, 2, write(1, 1, "5"))}, 2);
  fixture.request(1, read_x());
  EXPECT_FALSE(fixture.reply(1));
  const auto asked = fixture.sent<raft::MessageBody>();
  std::uint64_t id = 0;
  for (const auto& body : asked) {
    if (const auto* question = std::get_if<raft::ReadIndexRequest>(&body)) id = question->id;
  }
  fixture.receive_raft(2, 1, raft::ReadIndexReply{id, Index{3}});
  EXPECT_FALSE(fixture.reply(1)) << "index 3 is not applied here yet";
  fixture.follow(1, {Term{1}, Index{2}}, {logged(1, 3, write(1, 2, "6"))}, 3);
  const auto read = fixture.reply(1);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->value, "6");
}

TEST(Replica_, LargeEntries_MakeASnapshotDueEarlier) {
  ReplicaFixture fixture(1, {.snapshot_every = 1000, .snapshot_bytes = 300});
  fixture.lead();
  fixture.request(1, write(1, 1, "\"small\""));
  EXPECT_EQ(fixture.replica().soft_state().snapshot, Index{0});
  fixture.request(2, write(1, 2, '"' + std::string(400, 'v') + '"'));
  const Index first = fixture.replica().soft_state().snapshot;
  EXPECT_GT(first, Index{0});
  fixture.request(3, write(1, 3, "\"small\""));
  EXPECT_EQ(fixture.replica().soft_state().snapshot, first) << "the count starts over";
}

}  // namespace
}  // namespace capsize::replica
