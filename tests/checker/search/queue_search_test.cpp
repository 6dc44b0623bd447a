// Queues with repeated elements against brute force: few values, lost enqueues, indeterminate
// dequeues, empty dequeues, and ties.
#include "checker/search/queue_search.h"

#include <gtest/gtest.h>

#include "checker/specification/collection.h"
#include "tests/checker/random_history.h"
#include "tests/checker/search/replay.h"

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

KeyOperation operation(CollectionCode code, ValueId argument, Position invoke, Position complete) {
  KeyOperation made;
  made.code = code;
  made.argument = argument;
  made.required = complete != kNever;
  made.invoke = invoke;
  made.complete = complete;
  return made;
}

// Nine dequeues of 1 and forty indeterminate ones can have taken forty elements out in some 10^8
// ways, but what is left of the dequeues is one of ten states.
TEST(QueueSearch_, WaysThatLeadToTheSameState_AreNotCounted) {
  ValueTable values;
  const ValueId one = values.integer(1), two = values.integer(2);
  std::vector<KeyOperation> operations;
  Position now = 0;
  for (int i = 0; i < 45; ++i) operations.push_back(operation(kCodeTake, kNoValue, now++, kNever));
  for (int i = 0; i < 40; ++i, now += 2) {
    operations.push_back(operation(kCodeAdd, one, now, now + 1));
  }
  for (Position i = 0; i < 9; ++i) {
    operations.push_back(operation(kCodeTake, one, now + i, now + 100 + i));
  }
  operations.push_back(operation(kCodeAdd, two, now + 10, now + 11));
  operations.push_back(operation(kCodeTake, two, now + 12, now + 13));
  operations.push_back(operation(kCodeTake, kNullValue, now + 14, now + 15));
  const auto decision = search_queue(
      operations, kNullValue,
      {.memory_bytes = std::uint64_t{1} << 20, .steps_max = 5'000, .want_order = true});
  ASSERT_EQ(decision.kind, Decision::Kind::kLegal) << decision.reason;
  EXPECT_TRUE(
      testing::replays(decision.order, operations, *find_model("fifo-queue"), kNullValue, values));
}

TEST(QueueSearch_, LongQueue_CostsAStepAnOperation) {
  ValueTable values;
  const ValueId one = values.integer(1);
  std::vector<KeyOperation> operations;
  for (Position i = 0; i < 20'000; ++i) {
    operations.push_back(operation(i < 10'000 ? kCodeAdd : kCodeTake, one, 2 * i, 2 * i + 1));
  }
  const SearchBounds bounds{.memory_bytes = std::uint64_t{4} << 20, .steps_max = 20'100};
  EXPECT_EQ(search_queue(operations, kNullValue, bounds).kind, Decision::Kind::kLegal);
  operations.push_back(operation(kCodeTake, one, 40'000, 40'001));
  EXPECT_EQ(search_queue(operations, kNullValue, bounds).kind, Decision::Kind::kViolation);
}

TEST(QueueSearch_, Bounds_AreNamed) {
  ValueTable values;
  std::vector<KeyOperation> operations;
  for (Position i = 0; i < 8; ++i) {
    operations.push_back(
        operation(i % 2 == 0 ? kCodeAdd : kCodeTake, values.integer(1), 2 * i, 2 * i + 1));
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
