// Sums out of bounds against brute force: what is found is a violation, ties included.
#include "checker/counters/sum_bounds.h"

#include <gtest/gtest.h>

#include "checker/specification/collection.h"
#include "tests/checker/random_history.h"

namespace capsize::checker {
namespace {

using testing::BruteForce;
using testing::Random;

TEST(SumBoundsRandom, WhatIsFound_IsAViolation) {
  const Model& model = *find_model("counter");
  const testing::Kind kind{"counter", {kCodeAdd}, {kCodeReadAll}, 8};
  std::uint64_t found = 0, violations = 0;
  for (std::uint64_t seed = 1; seed <= testing::histories(8000); ++seed) {
    Random random(seed);
    ValueTable values;
    const auto operations = testing::random_operations(kind, random, values);
    const bool legal = BruteForce(operations, kNullValue, model, values).legal();
    const Decision decision = find_sum_out_of_bounds(operations, kNullValue, values);
    ASSERT_NE(decision.kind, Decision::Kind::kLegal);
    ASSERT_FALSE(legal && decision.is_violation()) << "seed " << seed;
    violations += !legal;
    found += decision.is_violation();
  }
  EXPECT_GT(found, violations / 2) << "most are proved by one read alone";
  EXPECT_LT(found, violations) << "the condition is necessary only";
}

}  // namespace
}  // namespace capsize::checker
