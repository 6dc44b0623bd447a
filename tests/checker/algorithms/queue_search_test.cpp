// Queues with equal elements against brute force: few values, lost enqueues, indeterminate
// dequeues, dequeues that found nothing, and ties.
#include "checker/algorithms/queue_search.h"

#include <gtest/gtest.h>

#include "checker/models/collection.h"
#include "tests/checker/algorithms/replay.h"
#include "tests/checker/random_history.h"

namespace capsize::checker {
namespace {

using testing::BruteForce;
using testing::Random;

std::vector<KeyOperation> random_operations(Random& random, ValueTable& values) {
  std::vector<KeyOperation> operations(2 + random.below(8));
  const std::uint32_t different = 1 + random.below(3);
  const bool unknown_dequeues = random.chance(60);
  for (KeyOperation& operation : operations) {
    operation.code = random.chance(50) ? kCodeAdd : kCodeTake;
    operation.required = !random.chance(25) || (operation.code == kCodeTake && !unknown_dequeues);
    operation.argument = values.integer(1 + random.below(different));
    if (operation.code == kCodeAdd) continue;
    if (!operation.required) operation.argument = kNoValue;
    if (operation.required && random.chance(20)) operation.argument = kNullValue;
  }
  testing::place(operations, {.ties = random.chance(30)}, random);
  return operations;
}

Decision decide(const std::vector<KeyOperation>& operations) {
  return search_queue(operations, kNullValue,
                      {.memory_bytes = std::uint64_t{64} << 20, .want_order = true});
}

TEST(QueueSearchRandom, EqualElements_AgreesWithBruteForceAndItsOrderReplays) {
  const Model& model = *find_model("fifo-queue");
  const std::uint64_t histories = testing::histories(20'000);
  std::uint64_t legal_ones = 0;
  for (std::uint64_t seed = 1; seed <= histories; ++seed) {
    Random random(seed);
    ValueTable values;
    const auto operations = random_operations(random, values);
    const Decision decision = decide(operations);
    const bool legal = BruteForce(operations, kNullValue, model, values).legal();
    ASSERT_EQ(decision.kind, legal ? Decision::Kind::kLegal : Decision::Kind::kViolation)
        << "seed " << seed;
    legal_ones += legal;
    if (legal) {
      ASSERT_TRUE(testing::replays(decision.order, operations, model, kNullValue, values))
          << "seed " << seed;
      continue;
    }
    // The prefix up to the end has none either.
    std::vector<KeyOperation> prefix;
    for (const KeyOperation& one : operations) {
      if (one.invoke > decision.end) continue;
      prefix.push_back(one);
      if (one.complete <= decision.end) continue;
      prefix.back().required = false;
      prefix.back().complete = kNever;
      if (one.code == kCodeTake) prefix.pop_back();  // it may not even have begun to look
    }
    ASSERT_FALSE(BruteForce(prefix, kNullValue, model, values).legal()) << "seed " << seed;
  }
  EXPECT_GT(legal_ones, histories / 20);
  EXPECT_LT(legal_ones, histories * 19 / 20);
}

TEST(QueueSearch_, Bounds_AreNamed) {
  ValueTable values;
  std::vector<KeyOperation> operations(8);
  for (std::uint32_t i = 0; i < operations.size(); ++i) {
    operations[i].code = i % 2 == 0 ? kCodeAdd : kCodeTake;
    operations[i].argument = values.integer(1);
    operations[i].required = true;
    operations[i].invoke = 2 * i;
    operations[i].complete = 2 * i + 1;
  }
  EXPECT_EQ(decide(operations).kind, Decision::Kind::kLegal);
  const Decision steps =
      search_queue(operations, kNullValue, {.memory_bytes = 1 << 20, .steps_max = 4});
  EXPECT_EQ(steps.kind, Decision::Kind::kUnknown);
  EXPECT_EQ(steps.reason.find("the bound on steps ended the search over 8 operations"), 0U);
  const Decision memory = search_queue(operations, kNullValue, {.memory_bytes = 64});
  EXPECT_EQ(memory.kind, Decision::Kind::kUnknown);
  EXPECT_EQ(memory.reason.find("the memory bound ended"), 0U);
  operations[0].argument = kNullValue;
  EXPECT_EQ(decide(operations).kind, Decision::Kind::kNotApplicable);
}

}  // namespace
}  // namespace capsize::checker
