// The seeded bug sessions-not-in-snapshot, step by step: a node that restarts from a snapshot does
// not know a session, and refuses a command that the others execute.

#include <gtest/gtest.h>

#include "node/bugs/active.h"
#include "node/replica/state.h"

namespace capsize::replica {
namespace {

kv::Command append_in_session(std::uint64_t sequence) {
  kv::Command append{.client = kv::ClientId{1},
                     .sequence = kv::Sequence{sequence},
                     .operation = kv::Operation::kAppend,
                     .key = "x",
                     .value = "1"};
  append.session = kv::SessionId{7};
  return append;
}

/// The list x after two appends in a session, with a restart from a snapshot in between.
std::string after_a_restart(const std::string& bug) {
  const bugs::ActiveBug active(bug);
  State state;
  state.sessions.apply(state.store, {.operation = kv::Operation::kRegister}, kv::SessionId{7});
  state.sessions.apply(state.store, append_in_session(1), kv::SessionId{8});
  auto restored = decode_state(FrozenState(state.store, state.sessions).encode());
  if (!restored) return "no snapshot";
  restored->sessions.apply(restored->store, append_in_session(2), kv::SessionId{9});
  return restored->store.read("x").value;
}

TEST(SessionsNotInSnapshot, CommandAfterARestart_IsNotExecuted) {
  EXPECT_EQ(after_a_restart("sessions-not-in-snapshot"), "[1]");
}

TEST(SessionsNotInSnapshot, WithoutTheBug_ItIsExecuted) {
  EXPECT_EQ(after_a_restart(""), "[1,1]");
}

}  // namespace
}  // namespace capsize::replica
