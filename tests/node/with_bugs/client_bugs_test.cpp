// Seeded bugs in the replies to clients, step by step on one replica: the same steps without the
// bug and with it.

#include <gtest/gtest.h>

#include "node/bugs/active.h"
#include "tests/node/pure/replica/replica_fixture.h"

namespace capsize::replica {
namespace {

using kv::Outcome;

kv::Command cas(std::uint64_t client, std::string expected, std::string value) {
  kv::Command command = write(client, 1, std::move(value));
  command.operation = kv::Operation::kCas;
  command.expected = std::move(expected);
  return command;
}

raft::Entry entry(std::uint64_t term, std::uint64_t index, const kv::Command& command) {
  const auto type = command.operation == kv::Operation::kRegister ? raft::EntryType::kSession
                                                                  : raft::EntryType::kNormal;
  return {Term{term}, Index{index}, type, std::make_shared<const std::string>(kv::encode(command))};
}

/// "none", or the outcome of the reply to a request.
std::string outcome(ReplicaFixture& fixture, std::uint64_t id) {
  const auto reply = fixture.reply(id);
  if (!reply) return "none";
  return reply->outcome == Outcome::kOk ? "ok" : reply->outcome == Outcome::kFail ? "fail" : "info";
}

/// The outcome that a client gets of a write that no follower has acknowledged.
std::string outcome_of_an_unreplicated_write(const std::string& bug) {
  const bugs::ActiveBug active(bug);
  ReplicaFixture fixture;
  fixture.lead();
  fixture.request(1, write(4, 1, "7"));
  return outcome(fixture, 1);
}

TEST(AckBeforeCommit, Write_IsAcknowledgedBeforeAMajorityHoldsIt) {
  EXPECT_EQ(outcome_of_an_unreplicated_write(""), "none");
  EXPECT_EQ(outcome_of_an_unreplicated_write("ack-before-commit"), "ok");
}

/// The outcomes of two compare-and-sets from the same value, proposed before either is committed.
std::string outcomes_of_two_cas(const std::string& bug) {
  const bugs::ActiveBug active(bug);
  ReplicaFixture fixture;
  fixture.lead();
  fixture.request(1, cas(4, "null", "1"));
  fixture.request(2, cas(5, "null", "2"));
  fixture.acknowledge();
  const std::string first = outcome(fixture, 1);
  return first + " " + outcome(fixture, 2);
}

TEST(CasAtPropose, TwoConcurrentCas_BothSucceed) {
  EXPECT_EQ(outcomes_of_two_cas(""), "ok fail");
  EXPECT_EQ(outcomes_of_two_cas("cas-at-propose"), "ok ok");
}

/// The outcomes that the client of a forwarded write gets when n2, its leader, is replaced by n3:
/// before and after n3 commits the entry.
std::string outcome_of_a_forwarded_write(const std::string& bug) {
  const bugs::ActiveBug active(bug);
  ReplicaFixture fixture;
  fixture.follow(1, {}, {}, 0);
  fixture.request(1, write(4, 1, "7"));
  EXPECT_EQ(fixture.sent<Forward>().size(), 1U);
  fixture.receive_raft(3, 2, raft::AppendEntries{{}, Index{0}, {}, {}});
  std::string before = outcome(fixture, 1);
  fixture.receive_raft(3, 2,
                       raft::AppendEntries{{}, Index{1}, {}, {entry(1, 1, write(4, 1, "7"))}});
  return before + ", then " + outcome(fixture, 1);
}

TEST(FailMeansMaybe, ForwardedWriteThatIsCommitted_FailsDefinitely) {
  EXPECT_EQ(outcome_of_a_forwarded_write(""), "none, then ok");
  EXPECT_EQ(outcome_of_a_forwarded_write("fail-means-maybe"), "fail, then none");
}

/// The value of x after a session's append, at a replica whose clock has jumped before it.
std::string value_after_a_jump(const std::string& bug, base::Duration jump) {
  const bugs::ActiveBug active(bug);
  ReplicaFixture fixture;
  fixture.follow(1, {}, {entry(1, 1, open_session(4))}, 1);
  fixture.wait(jump);
  fixture.follow(1, {Term{1}, Index{1}}, {entry(1, 2, in_session(1, append(4, 1, "7")))}, 2);
  EXPECT_EQ(fixture.replica().soft_state().applied, Index{2});
  fixture.request(1, StaleRead{"x"});
  const auto read = fixture.reply(1);
  return read ? read->value : "no reply";
}

TEST(NondeterministicApply, ReplicaWhoseClockJumped_Differs) {
  EXPECT_EQ(value_after_a_jump("", std::chrono::hours(1)), "[7]");
  EXPECT_EQ(value_after_a_jump("nondeterministic-apply", milliseconds(1)), "[7]");
  EXPECT_EQ(value_after_a_jump("nondeterministic-apply", std::chrono::hours(1)), "null");
}

}  // namespace
}  // namespace capsize::replica
