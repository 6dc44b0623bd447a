// Sessions (thesis 6.3): each command is executed once however often it arrives, all replicas
// agree, and only log time expires a session.

#include "node/kv/sessions.h"

#include <gtest/gtest.h>

#include "base/prng.h"

namespace capsize::kv {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

struct Machine {
  explicit Machine(SessionLimits limits = {}) : sessions(limits) {}
  Store store;
  Sessions sessions;
  std::uint64_t index = 0;

  Reply apply(const Command& command) { return sessions.apply(store, command, SessionId{++index}); }
  SessionId open(std::uint64_t time = 0) {
    const Reply reply = apply({{}, {}, Operation::kRegister, "", "", "", {}, {}, LogTime{time}});
    EXPECT_EQ(reply.outcome, Outcome::kOk) << reply.error;
    EXPECT_EQ(reply.value, std::to_string(index));
    return SessionId{index};
  }
  std::string x() const { return store.read("x").value; }
};

Command append(SessionId session, std::uint64_t sequence, std::string value,
               std::uint64_t time = 0) {
  return {ClientId{1}, Sequence{sequence}, Operation::kAppend, "x", std::move(value), "", {},
          session,     LogTime{time}};
}

TEST(Sessions, SameSequenceAgain_ReturnsTheStoredReplyAndChangesNothing) {
  Machine machine;
  const SessionId session = machine.open();
  EXPECT_EQ(machine.apply(append(session, 1, "1")).outcome, Outcome::kOk);
  EXPECT_EQ(machine.apply(append(session, 1, "1")).outcome, Outcome::kOk);
  EXPECT_EQ(machine.x(), "[1]");
  Command cas = append(session, 2, "7");
  cas.operation = Operation::kCas;
  cas.expected = "[1]";
  EXPECT_EQ(machine.apply(cas).outcome, Outcome::kOk);
  // A second execution would not match any more.
  EXPECT_EQ(machine.apply(cas).outcome, Outcome::kOk);
  EXPECT_EQ(machine.x(), "7");
}

TEST(Sessions, Failure_IsStoredToo) {
  Machine machine;
  const SessionId session = machine.open();
  Command cas = append(session, 1, "7");
  cas.operation = Operation::kCas;
  cas.expected = "[1]";
  EXPECT_EQ(machine.apply(cas).error, "mismatch");
  machine.apply(append({}, 1, "1"));
  EXPECT_EQ(machine.apply(cas).error, "mismatch")
      << "it would match now, but the stored reply is returned";
  EXPECT_EQ(machine.x(), "[1]");
}

TEST(Sessions, LateCopyOfAnEarlierSequence_IsNotExecuted) {
  Machine machine;
  const SessionId session = machine.open();
  machine.apply(append(session, 2, "2"));
  const Reply late = machine.apply(append(session, 1, "1"));
  EXPECT_EQ(late.outcome, Outcome::kInfo);
  EXPECT_EQ(late.error, "stale-sequence");
  EXPECT_EQ(machine.x(), "[2]");
}

TEST(Sessions, WithoutASession_EveryCopyIsExecuted) {
  Machine machine;
  machine.apply(append({}, 1, "1"));
  machine.apply(append({}, 1, "1"));
  EXPECT_EQ(machine.x(), "[1,1]");
}

TEST(Sessions, UnknownSession_FailsAndNothingIsApplied) {
  Machine machine;
  machine.open();
  const Reply reply = machine.apply(append(SessionId{99}, 1, "1"));
  EXPECT_EQ(reply.outcome, Outcome::kFail);
  EXPECT_EQ(reply.error, "unknown-session");
  EXPECT_EQ(machine.x(), "null");
}

TEST(Sessions, IdleForTooLong_Expires) {
  Machine machine({.sessions_max = 8, .idle_max = std::chrono::seconds(10)});
  const SessionId session = machine.open(5 * kSecond);
  EXPECT_EQ(machine.apply(append(session, 1, "1", 15 * kSecond)).outcome, Outcome::kOk);
  // Used at 15 s, so it expires at 25 s; a stamp that goes back changes nothing.
  EXPECT_EQ(machine.apply(append(session, 2, "2", 3 * kSecond)).outcome, Outcome::kOk);
  EXPECT_EQ(machine.sessions.time(), LogTime{15 * kSecond});
  EXPECT_EQ(machine.apply(append(session, 3, "3", 25 * kSecond + 1)).error, "unknown-session");
  EXPECT_EQ(machine.apply(append(session, 3, "3", 3 * kSecond)).error, "unknown-session")
      << "expired for good";
  EXPECT_EQ(machine.x(), "[1,2]");
}

TEST(Sessions, FullTable_RefusesUntilOneExpires) {
  Machine machine({.sessions_max = 2, .idle_max = std::chrono::seconds(10)});
  machine.open();
  const SessionId used = machine.open();
  const Command another{{}, {}, Operation::kRegister, "", "", "", {}, {}, {}};
  EXPECT_EQ(machine.apply(another).error, "too-many-sessions");
  machine.apply(append(used, 1, "1", 9 * kSecond));
  machine.open(11 * kSecond);
  EXPECT_EQ(machine.sessions.size(), 2U);
  EXPECT_EQ(machine.apply(append(used, 1, "1")).outcome, Outcome::kOk) << "a live session stays";
}

Machine busy_machine(std::uint64_t seed) {
  Machine machine({.sessions_max = 16, .idle_max = std::chrono::seconds(10)});
  base::Prng random(seed);
  for (int i = 0; i < 500; ++i) {
    Command command =
        append(SessionId{random.below(20)}, random.between(1, 9), "1", random.below(100) * kSecond);
    if (random.chance(0.1)) {
      command = {{}, {}, Operation::kRegister, "", "", "", {}, {}, LogTime{command.time}};
    }
    machine.apply(command);
  }
  return machine;
}

TEST(SessionsState, EncodedAndDecoded_BehavesTheSame) {
  Machine machine = busy_machine(3);
  const std::string bytes = machine.sessions.encode();
  auto decoded = Sessions::decode(bytes, {.sessions_max = 16});
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  EXPECT_EQ(decoded.value().encode(), bytes);
  EXPECT_EQ(decoded.value().hash(7), machine.sessions.hash(7));
  EXPECT_EQ(decoded.value().time(), machine.sessions.time());
  EXPECT_GT(decoded.value().size(), 1U);
}

TEST(SessionsState, EveryDifference_ChangesTheHash) {
  Machine a, b;
  const SessionId session = a.open();
  b.open();
  EXPECT_EQ(a.sessions.hash(1), b.sessions.hash(1));
  EXPECT_NE(a.sessions.hash(1), a.sessions.hash(2));
  a.apply(append(session, 1, "1"));
  EXPECT_NE(a.sessions.hash(1), b.sessions.hash(1));
}

TEST(SessionsState, TruncatedOrExtended_IsRefused) {
  const std::string bytes = busy_machine(3).sessions.encode();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(Sessions::decode(std::string_view(bytes).substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(Sessions::decode(bytes + '\0').ok());
  EXPECT_FALSE(Sessions::decode(bytes, {.sessions_max = 1}).ok()) << "more sessions than the limit";
}

TEST(SessionsState, RandomDamage_IsRefusedOrReEncodesToItself) {
  const std::string bytes = busy_machine(5).sessions.encode();
  base::Prng random(11);
  for (int round = 0; round < 20000; ++round) {
    std::string damaged = bytes;
    damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
    const auto decoded = Sessions::decode(damaged);
    if (decoded.ok()) {
      EXPECT_EQ(decoded.value().encode(), damaged);
    }
  }
}

}  // namespace
}  // namespace capsize::kv
