#include "checker/collections/distinct_text.h"

#include <gtest/gtest.h>

#include <set>
#include <utility>

#include "tests/checker/random_history.h"

namespace capsize::checker {
namespace {

using testing::BruteForce;
using testing::Random;

// Lists of numbers become strings of pieces: 3 is "a3z". Some appends become puts, and most reads
// then begin with the last put that they hold.
std::vector<KeyOperation> as_text(std::vector<KeyOperation> operations, ValueTable& values,
                                  Random& random, std::uint32_t put_percent) {
  const auto piece = [&](ValueId element) { return "a" + values.json(element) + "z"; };
  std::set<ValueId> puts;
  for (KeyOperation& operation : operations) {
    if (operation.code != kCodeAppend) continue;
    const ValueId element =
        std::exchange(operation.argument, values.text(piece(operation.argument)));
    if (!random.chance(put_percent)) continue;
    puts.insert(element);
    operation.code = kCodeWrite;
    operation.blind = true;
    operation.written = std::exchange(operation.argument, kNoValue);
  }
  for (KeyOperation& operation : operations) {
    if (operation.code != kCodeRead) continue;
    std::string text;
    const auto list = values.as_list(operation.observed);
    for (const ValueId element : std::vector<ValueId>(list.begin(), list.end())) {
      if (puts.contains(element) && !random.chance(5)) text.clear();
      text += piece(element);
    }
    if (random.chance(5)) text += "a";
    operation.observed = text.empty() ? kNullValue : values.text(text);
  }
  return operations;
}

// A counterexample is a violation by itself once the writers of what it saw are added.
bool counterexample_violates(const std::vector<KeyOperation>& operations, const Decision& decision,
                             const Model& model, const ValueTable& values) {
  std::set<std::uint32_t> chosen(decision.counterexample.begin(), decision.counterexample.end());
  for (const std::uint32_t place : decision.counterexample) {
    for (std::uint32_t i = 0; i < operations.size(); ++i) {
      if (operations[i].pure || !model.needs(values, operations[place], operations[i])) continue;
      chosen.insert(i);
    }
  }
  std::vector<KeyOperation> some;
  for (const std::uint32_t place : chosen) some.push_back(operations[place]);
  return DistinctTextDecider(values).decide(some, kNullValue).is_violation();
}

void agree_with_brute_force(std::uint32_t put_percent, std::uint64_t first_seed) {
  constexpr int kHistories = 5000;
  const Model& model = *find_model("kv");
  int violations = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + kHistories; ++seed) {
    Random random(seed);
    ValueTable values;
    const auto lists =
        testing::random_list({.operations_max = 8, .ties = random.chance(30)}, random, values);
    const auto operations = as_text(lists, values, random, put_percent);
    const Decision decision = DistinctTextDecider(values).decide(operations, kNullValue);
    ASSERT_NE(decision.kind, Decision::Kind::kNotApplicable) << "seed " << seed;
    const bool legal = BruteForce(operations, kNullValue, model, values).legal();
    ASSERT_EQ(decision.is_violation(), !legal) << "seed " << seed;
    if (legal) continue;
    ++violations;
    ASSERT_TRUE(counterexample_violates(operations, decision, model, values)) << "seed " << seed;
  }
  EXPECT_GT(violations, kHistories / 10);
  EXPECT_LT(violations, kHistories * 9 / 10);
}

// Found by simulated histories: the piece in the middle was taken for the put, and called
// unwritten.
TEST(DistinctText, PieceThatWasPutAndAppended_IsLeftToTheSearch) {
  ValueTable values;
  std::vector<KeyOperation> operations(4);
  operations[0].code = kCodeAppend;
  operations[0].argument = values.text("b;");
  operations[1].code = kCodeRead;
  operations[1].pure = true;
  operations[1].observed = values.text("c;b;");
  operations[2].code = kCodeWrite;
  operations[2].blind = true;
  operations[2].written = values.text("b;");
  operations[3] = operations[2];
  operations[3].written = values.text("c;");
  EXPECT_EQ(DistinctTextDecider(values).decide(operations, kNullValue).kind,
            Decision::Kind::kNotApplicable);
}

TEST(DistinctTextRandom, AppendsOnly_AgreeWithBruteForce) {
  agree_with_brute_force(0, 1);
}

TEST(DistinctTextRandom, PutsAndAppends_AgreeWithBruteForce) {
  agree_with_brute_force(35, 100'000);
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
