// Transactions: atomic, ordered, bounded.

#include <gtest/gtest.h>

#include "node/kv/store.h"

namespace capsize::kv {
namespace {

using Kind = Step::Kind;

Reply transact(Store& store, std::vector<Step> steps) {
  Command command;
  command.operation = Operation::kTxn;
  command.steps = std::move(steps);
  EXPECT_TRUE(validate(command).ok());
  return store.apply(command);
}

TEST(Transaction, Steps_SeeEarlierSteps) {
  Store store;
  const Reply reply = transact(store, {{Kind::kRead, "a", ""},
                                       {Kind::kWrite, "a", "5"},
                                       {Kind::kRead, "a", ""},
                                       {Kind::kAppend, "b", "1"},
                                       {Kind::kAppend, "b", "2"},
                                       {Kind::kRead, "b", ""}});
  EXPECT_EQ(reply.outcome, Outcome::kOk);
  EXPECT_EQ(reply.value,
            R"([["r","a",null],["w","a",5],["r","a",5],["append","b",1],["append","b",2],)"
            R"(["r","b",[1,2]]])");
  EXPECT_EQ(store.read("b").value, "[1,2]");
}

TEST(Transaction, FailingStep_UndoesTheOthers) {
  Store store;
  transact(store, {{Kind::kWrite, "number", "5"}});
  const std::uint64_t before = store.hash();
  const Reply reply = transact(
      store, {{Kind::kWrite, "a", "1"}, {Kind::kAppend, "b", "1"}, {Kind::kAppend, "number", "6"}});
  EXPECT_EQ(reply.outcome, Outcome::kFail);
  EXPECT_EQ(reply.error, "wrong-type");
  EXPECT_EQ(store.hash(), before);
  EXPECT_EQ(store.size(), 1U);
}

TEST(Transaction, WritingNull_Deletes) {
  Store store;
  transact(store, {{Kind::kWrite, "a", "5"}});
  transact(store, {{Kind::kWrite, "a", "null"}});
  EXPECT_EQ(store.size(), 0U);
}

TEST(Transaction, ReplyOverItsBound_IsTooLarge_AndNothingChanges) {
  Store store;
  transact(store, {{Kind::kWrite, "big", "\"" + std::string(kTxnReplyBytesMax - 200, 'x') + "\""}});
  EXPECT_EQ(transact(store, {{Kind::kRead, "big", ""}}).outcome, Outcome::kOk);
  const Reply reply = transact(
      store, {{Kind::kWrite, "a", "1"}, {Kind::kRead, "big", ""}, {Kind::kRead, "big", ""}});
  EXPECT_EQ(reply.error, "too-large");
  EXPECT_EQ(store.read("a").value, "null");
}

TEST(Transaction, Keys_AreEscapedInTheReply) {
  Store store;
  EXPECT_EQ(transact(store, {{Kind::kRead, "a\"\\\n", ""}}).value, R"([["r","a\"\\\u000a",null]])");
}

}  // namespace
}  // namespace capsize::kv
