#include "checker/algorithms/distinct_text.h"

#include <gtest/gtest.h>

#include "tests/checker/random_history.h"

namespace capsize::checker {
namespace {

using testing::BruteForce;
using testing::Random;

// Lists of numbers become strings of pieces: 3 is "a3z".
std::vector<KeyOperation> as_text(std::vector<KeyOperation> operations, ValueTable& values,
                                  Random& random) {
  const auto piece = [&](ValueId element) { return "a" + values.json(element) + "z"; };
  for (KeyOperation& operation : operations) {
    if (operation.code == kCodeAppend) {
      operation.argument = values.text(piece(operation.argument));
      continue;
    }
    std::string text;
    for (const ValueId element : values.as_list(operation.observed)) text += piece(element);
    if (random.chance(5)) text += "a";
    operation.observed = text.empty() ? kNullValue : values.text(text);
  }
  return operations;
}

TEST(DistinctTextRandom, DistinctPieces_AgreeWithBruteForce) {
  const Model& model = *find_model("kv");
  int violations = 0;
  for (std::uint64_t seed = 1; seed <= 5000; ++seed) {
    Random random(seed);
    ValueTable values;
    const auto lists = testing::random_list({.operations_max = 8}, random, values);
    const auto operations = as_text(lists, values, random);
    const Decision decision = DistinctTextDecider(values).decide(operations, kNullValue);
    ASSERT_NE(decision.kind, Decision::Kind::kNotApplicable) << "seed " << seed;
    const bool legal = BruteForce(operations, kNullValue, model, values).legal();
    ASSERT_EQ(decision.is_violation(), !legal) << "seed " << seed;
    violations += !legal;
  }
  EXPECT_GT(violations, 500);
  EXPECT_LT(violations, 4500);
}

KeyOperation append(ValueTable& values, const std::string& text) {
  KeyOperation operation;
  operation.code = kCodeAppend;
  operation.argument = values.text(text);
  return operation;
}

TEST(DistinctText, PieceThatBeginsAnother_IsNotApplicable) {
  ValueTable values;
  const std::vector<KeyOperation> operations{append(values, "11"), append(values, "1")};
  EXPECT_EQ(DistinctTextDecider(values).decide(operations, kNullValue).kind,
            Decision::Kind::kNotApplicable);
}

TEST(DistinctText, EmptyPiece_IsNotApplicable) {
  ValueTable values;
  const std::vector<KeyOperation> operations{append(values, "")};
  EXPECT_EQ(DistinctTextDecider(values).decide(operations, kNullValue).kind,
            Decision::Kind::kNotApplicable);
}

TEST(DistinctText, InitialTextThatIsNotEmpty_IsNotApplicable) {
  ValueTable values;
  EXPECT_EQ(DistinctTextDecider(values).decide({}, values.text("a")).kind,
            Decision::Kind::kNotApplicable);
}

}  // namespace
}  // namespace capsize::checker
