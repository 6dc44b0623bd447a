#include "node/replica/state.h"

#include <gtest/gtest.h>

namespace capsize::replica {
namespace {

State some_state() {
  State state;
  kv::Command open{.operation = kv::Operation::kRegister, .time = kv::LogTime{5}};
  state.sessions.apply(state.store, open, kv::SessionId{7});
  kv::Command append{.client = kv::ClientId{1},
                     .sequence = kv::Sequence{1},
                     .operation = kv::Operation::kAppend,
                     .key = "x",
                     .value = "1"};
  append.session = kv::SessionId{7};
  state.sessions.apply(state.store, append, kv::SessionId{8});
  return state;
}

TEST(State, EncodedAndDecoded_IsEqual_IncludingSessions) {
  State state = some_state();
  const auto again = decode_state(FrozenState(state.store, state.sessions).encode());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->sessions.hash(again->store.hash()), state.sessions.hash(state.store.hash()));
  EXPECT_EQ(again->sessions.size(), 1U);
}

// curvine 676: the retry arrives after the snapshot.
TEST(State, RetryAfterASnapshot_IsNotAppliedTwice) {
  State state = some_state();
  auto restored = decode_state(FrozenState(state.store, state.sessions).encode());
  ASSERT_TRUE(restored);
  kv::Command retry{.client = kv::ClientId{1},
                    .sequence = kv::Sequence{1},
                    .operation = kv::Operation::kAppend,
                    .key = "x",
                    .value = "1"};
  retry.session = kv::SessionId{7};
  EXPECT_EQ(restored->sessions.apply(restored->store, retry, kv::SessionId{9}).outcome,
            kv::Outcome::kOk);
  EXPECT_EQ(restored->store.read("x").value, "[1]");
}

// The worst case: 4096 sessions, each with the longest reply that is stored.
TEST(State, Sessions_StayWithinTheirBound) {
  State state;
  for (std::uint64_t id = 1; id <= 3; ++id) {
    kv::Command open{.operation = kv::Operation::kRegister};
    state.sessions.apply(state.store, open, kv::SessionId{id});
  }
  const std::size_t empty = state.sessions.encode().size();
  kv::Command command{.client = kv::ClientId{1},
                      .sequence = kv::Sequence{1},
                      .operation = kv::Operation::kWrite,
                      .key = "x",
                      .value = '"' + std::string(kv::kValueBytesMax - 2, 'x') + '"'};
  state.store.apply(command);
  command.session = kv::SessionId{1};
  command.operation = kv::Operation::kRead;
  EXPECT_EQ(state.sessions.apply(state.store, command, kv::SessionId{9}).error, "too-large");
  kv::Command transaction{.sequence = kv::Sequence{1}, .operation = kv::Operation::kTxn};
  transaction.session = kv::SessionId{2};
  transaction.steps = {{kv::Step::Kind::kWrite, "y", std::string(kv::kTxnReplyBytesMax - 14, '1')}};
  EXPECT_EQ(state.sessions.apply(state.store, transaction, kv::SessionId{9}).outcome,
            kv::Outcome::kOk);
  EXPECT_LT(state.sessions.encode().size(), empty + kv::kSessionBytesMax);
}

TEST(State, TruncatedAnywhere_IsRefused) {
  State state = some_state();
  const std::string bytes = FrozenState(state.store, state.sessions).encode();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_state(std::string_view(bytes).substr(0, size))) << size;
  }
}

}  // namespace
}  // namespace capsize::replica
