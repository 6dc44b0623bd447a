// Sets element by element against brute force, with the order that is merged from those of the
// elements.
#include "checker/search/element_search.h"

#include <gtest/gtest.h>

#include "checker/specification/collection.h"
#include "tests/checker/random_history.h"
#include "tests/checker/search/replay.h"

namespace capsize::checker {
namespace {

using testing::BruteForce;
using testing::Kind;
using testing::Random;

Decision decide(const std::vector<KeyOperation>& operations, const ValueTable& values) {
  return search_element_by_element(operations, kNullValue, values,
                                   {.memory_bytes = std::uint64_t{64} << 20, .want_order = true});
}

TEST(ElementSearchRandom, WithoutReadsOfTheWholeSet_AgreesWithBruteForceAndItsOrderReplays) {
  const Model& model = *find_model("set");
  const Kind kind{"set", {kCodeAdd, kCodeRemove}, {kCodeContains, kCodeLacks}, 10};
  const std::uint64_t histories = testing::histories(8000);
  std::uint64_t violations = 0;
  for (std::uint64_t seed = 1; seed <= histories; ++seed) {
    Random random(seed);
    ValueTable values;
    auto operations = testing::random_operations(kind, random, values);
    for (KeyOperation& operation : operations) operation.blind = !operation.pure;
    const Decision decision = decide(operations, values);
    const bool legal = BruteForce(operations, kNullValue, model, values).legal();
    ASSERT_EQ(decision.kind, legal ? Decision::Kind::kLegal : Decision::Kind::kViolation)
        << "seed " << seed;
    if (legal) {
      ASSERT_TRUE(testing::replays(decision.order, operations, model, kNullValue, values))
          << "seed " << seed;
    }
    violations += !legal;
  }
  EXPECT_GT(violations, histories / 20);
  EXPECT_LT(violations, histories * 19 / 20);
}

TEST(ElementSearchRandom, WithReadsOfTheWholeSet_NeverRefutesALegalHistory) {
  const Model& model = *find_model("set");
  const Kind kind{"set", {kCodeAdd, kCodeRemove}, {kCodeContains, kCodeReadAll}, 8};
  std::uint64_t found = 0, violations = 0;
  for (std::uint64_t seed = 1; seed <= testing::histories(4000); ++seed) {
    Random random(seed);
    ValueTable values;
    const auto operations = testing::random_operations(kind, random, values);
    const bool reads_all = std::ranges::any_of(
        operations, [](const KeyOperation& one) { return one.code == kCodeReadAll; });
    const bool legal = BruteForce(operations, kNullValue, model, values).legal();
    const Decision decision = decide(operations, values);
    ASSERT_FALSE(legal && decision.is_violation()) << "seed " << seed;
    ASSERT_FALSE(reads_all && decision.kind == Decision::Kind::kLegal) << "seed " << seed;
    violations += !legal;
    found += decision.is_violation();
  }
  EXPECT_GT(found, violations / 2) << "most are seen in one element alone";
}

}  // namespace
}  // namespace capsize::checker
