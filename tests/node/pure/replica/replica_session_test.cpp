// Sessions through a whole replica: registered in the log, retried at any node, equal on all
// replicas.

#include <gtest/gtest.h>

#include "tests/node/pure/replica/replica_fixture.h"

namespace capsize::replica {
namespace {

using kv::Outcome;

std::uint64_t opened(ReplicaFixture& fixture) {
  fixture.request(1, open_session(4));
  fixture.acknowledge();
  const auto reply = fixture.reply(1);
  EXPECT_TRUE(reply && reply->outcome == Outcome::kOk);
  return reply ? std::stoull(reply->value) : 0;
}

std::string value_of_x(ReplicaFixture& fixture, std::uint64_t id) {
  fixture.request(id, read_x());
  const auto reply = fixture.reply(id);
  return reply ? reply->value : "no reply";
}

TEST(ReplicaSession, Registered_HasTheIndexOfItsEntryAsId) {
  ReplicaFixture fixture;
  fixture.lead();
  const std::uint64_t session = opened(fixture);
  EXPECT_EQ(session, fixture.replica().soft_state().last.value());
}

TEST(ReplicaSession, RetryWhileTheFirstCopyIsOpen_IsExecutedOnceAndBothAreAnswered) {
  ReplicaFixture fixture(1);
  fixture.lead();
  const std::uint64_t session = opened(fixture);
  fixture.request(11, in_session(session, append(4, 2, "1")));
  fixture.request(12, in_session(session, append(4, 2, "1")));
  for (const std::uint64_t id : {11U, 12U}) {
    const auto reply = fixture.reply(id);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->outcome, Outcome::kOk);
  }
  EXPECT_EQ(value_of_x(fixture, 13), "[1]");
}

TEST(ReplicaSession, RetryThroughAnotherNode_GetsTheStoredReply) {
  ReplicaFixture fixture;
  fixture.lead();
  const std::uint64_t session = opened(fixture);
  fixture.request(11, in_session(session, append(4, 2, "1")));
  fixture.acknowledge();
  fixture.receive(2, 1, Forward{RequestId{7}, 1, in_session(session, append(4, 2, "1"))});
  fixture.acknowledge();
  const auto replies = fixture.sent<ForwardReply>();
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].reply.outcome, Outcome::kOk);
}

TEST(ReplicaSession, UnknownSession_FailsDefinitely) {
  ReplicaFixture fixture(1);
  fixture.lead();
  fixture.request(11, in_session(77, append(4, 2, "1")));
  const auto reply = fixture.reply(11);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->outcome, Outcome::kFail);
  EXPECT_EQ(reply->error, "unknown-session");
  EXPECT_EQ(value_of_x(fixture, 12), "null");
}

TEST(ReplicaSession, IdleForTooLong_ExpiresByTheLeadersStamps) {
  ReplicaFixture fixture(1);
  fixture.lead();
  const std::uint64_t session = opened(fixture);
  fixture.wait(std::chrono::minutes(9));
  fixture.request(11, in_session(session, append(4, 2, "1")));
  EXPECT_EQ(fixture.reply(11)->outcome, Outcome::kOk);
  fixture.wait(std::chrono::minutes(11));
  fixture.request(12, in_session(session, append(4, 3, "2")));
  EXPECT_EQ(fixture.reply(12)->error, "unknown-session");
}

TEST(ReplicaSession, Restart_RemembersExecutedCommands) {
  ReplicaFixture fixture(1);
  fixture.lead();
  const std::uint64_t session = opened(fixture);
  fixture.request(11, in_session(session, append(4, 2, "1")));
  const std::uint64_t before = fixture.replica().state_hash();
  fixture.restart();
  fixture.lead();
  EXPECT_EQ(fixture.replica().state_hash(), before);
  fixture.request(12, in_session(session, append(4, 2, "1")));
  EXPECT_EQ(value_of_x(fixture, 13), "[1]");
}

TEST(ReplicaSession, StateHash_IncludesSessions) {
  ReplicaFixture fixture(1);
  fixture.lead();
  const std::uint64_t before = fixture.replica().state_hash();
  opened(fixture);
  EXPECT_NE(fixture.replica().state_hash(), before);
}

}  // namespace
}  // namespace capsize::replica
