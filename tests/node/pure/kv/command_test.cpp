// The codec of commands and replies: round trips, and refusal of anything that encode cannot
// produce.

#include "node/kv/command.h"

#include <gtest/gtest.h>

#include "base/prng.h"

namespace capsize::kv {
namespace {

Command command(Operation operation, std::string value = "", std::string expected = "") {
  Command made{ClientId{3},         Sequence{9}, operation,    "key",     std::move(value),
               std::move(expected), {},          SessionId{5}, LogTime{6}};
  if (operation == Operation::kRegister) {
    made.key = "";
    made.session = SessionId{0};
  } else if (operation == Operation::kTxn) {
    made.key = "";
    made.steps = {{Step::Kind::kRead, "a", ""}, {Step::Kind::kAppend, "b", "7"}};
  }
  return made;
}

std::vector<Command> every_kind() {
  return {command(Operation::kRead),
          command(Operation::kWrite, "5"),
          command(Operation::kCas, "[1,2]", "null"),
          command(Operation::kAppend, "\"x\""),
          command(Operation::kDelete),
          command(Operation::kRegister),
          command(Operation::kTxn)};
}

bool same(const Command& a, const Command& b) {
  return a.client == b.client && a.sequence == b.sequence && a.operation == b.operation &&
         a.key == b.key && a.value == b.value && a.expected == b.expected &&
         a.session == b.session && a.time == b.time &&
         std::equal(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end(),
                    [](const Step& x, const Step& y) {
                      return x.kind == y.kind && x.key == y.key && x.value == y.value;
                    });
}

TEST(CommandCodec, EveryKind_RoundTrips) {
  for (const Command& original : every_kind()) {
    const auto decoded = decode_command(encode(original));
    ASSERT_TRUE(decoded.ok());
    EXPECT_TRUE(same(decoded.value(), original));
  }
}

// The numbers are on disk, so the layout must never change.
TEST(CommandCodec, Layout_IsFixed) {
  const std::string bytes = encode(command(Operation::kCas, "7", "null"));
  const std::string expected(
      "\x02\x03"
      "\x05\0\0\0\0\0\0\0"
      "\x06\0\0\0\0\0\0\0"
      "\x03\0\0\0\0\0\0\0"
      "\x09\0\0\0\0\0\0\0"
      "\x03\0\0\0key"
      "\x01\0\0\0"
      "7"
      "\x04\0\0\0null",
      54);
  EXPECT_EQ(bytes, expected);
}

TEST(CommandCodec, Version1_IsReadAsACommandWithoutSession) {
  const std::string old(
      "\x01\x02"
      "\x03\0\0\0\0\0\0\0"
      "\x09\0\0\0\0\0\0\0"
      "\x03\0\0\0key"
      "\x01\0\0\0"
      "7"
      "\0\0\0\0",
      34);
  const auto decoded = decode_command(old);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded.value().value, "7");
  EXPECT_EQ(decoded.value().session, SessionId{0});
  EXPECT_EQ(decoded.value().time, LogTime{0});
}

TEST(CommandCodec, EveryTruncation_IsRefused) {
  for (const Command& original : every_kind()) {
    const std::string bytes = encode(original);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      EXPECT_FALSE(decode_command(bytes.substr(0, length)).ok()) << length;
    }
    EXPECT_FALSE(decode_command(bytes + '\0').ok());
  }
}

// Accepts exactly what encode produces: every accepted input encodes to itself.
TEST(CommandCodec, RandomDamage_IsRefusedOrHarmless) {
  base::Prng random(11);
  for (int round = 0; round < 20000; ++round) {
    const auto kinds = every_kind();
    std::string bytes = encode(kinds[random.below(kinds.size())]);
    for (std::uint64_t i = random.between(std::uint64_t{1}, std::uint64_t{3}); i > 0; --i) {
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
    }
    const auto decoded = decode_command(bytes);
    if (!decoded.ok()) continue;
    EXPECT_EQ(encode(decoded.value()), bytes);
  }
}

TEST(CommandCodec, HugeLength_IsRefused) {
  std::string bytes = encode(command(Operation::kWrite, "5"));
  for (std::size_t i = 34; i < 38; ++i) bytes[i] = '\xff';  // the key's length
  EXPECT_FALSE(decode_command(bytes).ok());
}

TEST(CommandCodec, Transactions_BeyondTheirBounds_AreRefused) {
  Command txn = command(Operation::kTxn);
  EXPECT_TRUE(validate(txn).ok());
  txn.steps.assign(kTxnStepsMax, {Step::Kind::kRead, "a", ""});
  EXPECT_TRUE(validate(txn).ok());
  txn.steps.push_back({Step::Kind::kRead, "a", ""});
  EXPECT_FALSE(validate(txn).ok());
  const auto refused = [&](Step step) {
    txn.steps = {std::move(step)};
    return !validate(txn).ok();
  };
  EXPECT_TRUE(refused({Step::Kind::kRead, "a", "5"}));
  EXPECT_TRUE(refused({Step::Kind::kWrite, "a", ""}));
  EXPECT_TRUE(refused({static_cast<Step::Kind>(4), "a", "5"}));
  EXPECT_TRUE(refused({Step::Kind::kWrite, std::string(kKeyBytesMax + 1, 'k'), "5"}));
  txn.steps.assign(2, {Step::Kind::kWrite, "a", std::string(kValueBytesMax / 2 + 1, '1')});
  EXPECT_FALSE(validate(txn).ok());
  txn.steps.clear();
  EXPECT_FALSE(validate(txn).ok());
  Command bare = command(Operation::kDelete);
  bare.steps = {{Step::Kind::kRead, "a", ""}};
  EXPECT_FALSE(validate(bare).ok());
}

TEST(CommandCodec, Sessions_AreRegisteredWithoutAKeyAndUsedFromSequence1) {
  Command opening = command(Operation::kRegister);
  EXPECT_TRUE(validate(opening).ok());
  opening.session = SessionId{5};
  EXPECT_FALSE(validate(opening).ok());
  opening.session = SessionId{0};
  opening.key = "key";
  EXPECT_FALSE(validate(opening).ok());
  Command used = command(Operation::kWrite, "5");
  used.sequence = Sequence{0};
  EXPECT_FALSE(validate(used).ok());
  used.session = SessionId{0};
  EXPECT_TRUE(validate(used).ok());
}

TEST(CommandCodec, FieldsThatTheOperationDoesNotTake_AreRefused) {
  EXPECT_FALSE(validate(command(Operation::kRead, "5")).ok());
  EXPECT_FALSE(validate(command(Operation::kWrite)).ok());
  EXPECT_FALSE(validate(command(Operation::kWrite, "5", "4")).ok());
  EXPECT_FALSE(validate(command(Operation::kCas, "5")).ok());
  EXPECT_FALSE(validate(command(Operation::kDelete, "5")).ok());
  EXPECT_FALSE(validate(command(static_cast<Operation>(0))).ok());
  EXPECT_FALSE(validate(command(static_cast<Operation>(8))).ok());
  Command long_key = command(Operation::kRead);
  long_key.key.assign(kKeyBytesMax + 1, 'k');
  EXPECT_FALSE(validate(long_key).ok());
  EXPECT_FALSE(validate(command(Operation::kWrite, std::string(kValueBytesMax + 1, '1'))).ok());
  EXPECT_TRUE(validate(command(Operation::kWrite, std::string(kValueBytesMax, '1'))).ok());
}

TEST(ReplyCodec, EveryOutcome_RoundTrips) {
  for (const Reply& original : {Reply{Outcome::kOk, "[1]", ""}, Reply{Outcome::kFail, "", "busy"},
                                Reply{Outcome::kInfo, "", "timeout"}}) {
    const auto decoded = decode_reply(encode(original));
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(decoded.value().outcome, original.outcome);
    EXPECT_EQ(decoded.value().value, original.value);
    EXPECT_EQ(decoded.value().error, original.error);
  }
}

TEST(ReplyCodec, TruncationAndUnknownOutcome_AreRefused) {
  std::string bytes = encode(Reply{Outcome::kOk, "[1]", ""});
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(decode_reply(bytes.substr(0, length)).ok()) << length;
  }
  bytes[1] = 4;
  EXPECT_FALSE(decode_reply(bytes).ok());
  bytes[1] = 0;
  EXPECT_FALSE(decode_reply(bytes).ok());
}

}  // namespace
}  // namespace capsize::kv
