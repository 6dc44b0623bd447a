#include "checker/collections/distinct_list.h"

#include <gtest/gtest.h>

#include "tests/checker/random_history.h"

namespace capsize::checker {
namespace {

using testing::BruteForce;
using testing::Random;
using testing::Shape;

void agree_with_brute_force(const Shape& shape, std::uint64_t first_seed, int histories) {
  const Model& model = *find_model("list");
  int violations = 0;
  int decided = 0;
  for (int i = 0; i < histories; ++i) {
    const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(i);
    Random random(seed);
    ValueTable values;
    const auto operations = testing::random_list(shape, random, values);
    DistinctListDecider decider(values);
    const Decision decision = decider.decide(operations, kEmptyList);
    if (decision.kind == Decision::Kind::kNotApplicable) continue;
    ++decided;
    const bool legal = BruteForce(operations, kEmptyList, model, values).legal();
    ASSERT_EQ(decision.is_violation(), !legal) << "seed " << seed;
    ASSERT_EQ(decider.decide(operations, kEmptyList).kind, decision.kind) << "seed " << seed;
    violations += decision.is_violation();
  }
  EXPECT_GT(decided, histories / 4);
  EXPECT_GT(violations, decided / 20);
  EXPECT_LT(violations, decided - decided / 20);
}

TEST(DistinctListRandom, DistinctElements_AgreeWithBruteForce) {
  agree_with_brute_force({.operations_max = 8}, 1, 7000);
}

TEST(DistinctListRandom, Ties_AgreeWithBruteForce) {
  agree_with_brute_force({.operations_max = 7, .ties = true}, 1'000'000, 7000);
}

TEST(DistinctListRandom, ManyIndeterminate_AgreeWithBruteForce) {
  agree_with_brute_force({.operations_max = 8, .info_percent = 60}, 2'000'000, 5000);
}

TEST(DistinctList, RepeatedElements_AreNotApplicable) {
  ValueTable values;
  std::vector<KeyOperation> operations(2);
  for (KeyOperation& operation : operations) {
    operation.code = kCodeAppend;
    operation.argument = values.integer(1);
  }
  EXPECT_EQ(DistinctListDecider(values).decide(operations, kEmptyList).kind,
            Decision::Kind::kNotApplicable);
}

TEST(DistinctList, InitialListThatIsNotEmpty_IsNotApplicable) {
  ValueTable values;
  const ValueId one = values.integer(1);
  const ValueId initial = values.list({&one, 1});
  EXPECT_EQ(DistinctListDecider(values).decide({}, initial).kind, Decision::Kind::kNotApplicable);
}

}  // namespace
}  // namespace capsize::checker
