// Sessions through a whole replica: registered in the log, retried through any node, on every
// replica the same.

#include <gtest/gtest.h>

#include "tests/node/pure/replica/replica_bench.h"

namespace capsize::replica {
namespace {

using kv::Outcome;

std::uint64_t opened(ReplicaBench& bench) {
  bench.request(1, open_session(4));
  bench.acknowledge();
  const auto reply = bench.reply(1);
  EXPECT_TRUE(reply && reply->outcome == Outcome::kOk);
  return reply ? std::stoull(reply->value) : 0;
}

std::string value_of_x(ReplicaBench& bench, std::uint64_t id) {
  bench.request(id, read_x());
  const auto reply = bench.reply(id);
  return reply ? reply->value : "no reply";
}

TEST(ReplicaSession, Registered_IsNamedByItsEntry) {
  ReplicaBench bench;
  bench.lead();
  const std::uint64_t session = opened(bench);
  EXPECT_EQ(session, bench.replica().soft_state().last.value());
}

TEST(ReplicaSession, RetryWhileTheFirstCopyIsOpen_IsCarriedOutOnceAndBothAreAnswered) {
  ReplicaBench bench(1);
  bench.lead();
  const std::uint64_t session = opened(bench);
  bench.request(11, in_session(session, append(4, 2, "1")));
  bench.request(12, in_session(session, append(4, 2, "1")));
  for (const std::uint64_t id : {11U, 12U}) {
    const auto reply = bench.reply(id);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->outcome, Outcome::kOk);
  }
  EXPECT_EQ(value_of_x(bench, 13), "[1]");
}

TEST(ReplicaSession, RetryThroughAnotherNode_GetsTheKeptReply) {
  ReplicaBench bench;
  bench.lead();
  const std::uint64_t session = opened(bench);
  bench.request(11, in_session(session, append(4, 2, "1")));
  bench.acknowledge();
  bench.receive(2, 1, Forward{RequestId{7}, 1, in_session(session, append(4, 2, "1"))});
  bench.acknowledge();
  const auto replies = bench.sent<ForwardReply>();
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].reply.outcome, Outcome::kOk);
}

TEST(ReplicaSession, UnknownSession_FailsDefinitely) {
  ReplicaBench bench(1);
  bench.lead();
  bench.request(11, in_session(77, append(4, 2, "1")));
  const auto reply = bench.reply(11);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->outcome, Outcome::kFail);
  EXPECT_EQ(reply->error, "unknown-session");
  EXPECT_EQ(value_of_x(bench, 12), "null");
}

TEST(ReplicaSession, IdleForTooLong_ExpiresByTheLeadersStamps) {
  ReplicaBench bench(1);
  bench.lead();
  const std::uint64_t session = opened(bench);
  bench.wait(std::chrono::minutes(9));
  bench.request(11, in_session(session, append(4, 2, "1")));
  EXPECT_EQ(bench.reply(11)->outcome, Outcome::kOk);
  bench.wait(std::chrono::minutes(11));
  bench.request(12, in_session(session, append(4, 3, "2")));
  EXPECT_EQ(bench.reply(12)->error, "unknown-session");
}

TEST(ReplicaSession, Restart_RemembersWhatWasCarriedOut) {
  ReplicaBench bench(1);
  bench.lead();
  const std::uint64_t session = opened(bench);
  bench.request(11, in_session(session, append(4, 2, "1")));
  const std::uint64_t before = bench.replica().state_hash();
  bench.restart();
  bench.lead();
  EXPECT_EQ(bench.replica().state_hash(), before);
  bench.request(12, in_session(session, append(4, 2, "1")));
  EXPECT_EQ(value_of_x(bench, 13), "[1]");
}

TEST(ReplicaSession, SessionsAreInTheStateHash) {
  ReplicaBench bench(1);
  bench.lead();
  const std::uint64_t before = bench.replica().state_hash();
  opened(bench);
  EXPECT_NE(bench.replica().state_hash(), before);
}

}  // namespace
}  // namespace capsize::replica
