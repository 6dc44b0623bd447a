// Queues, bags and stacks with different elements against brute force: lost enqueues, indeterminate
// dequeues, dequeues that found nothing, and ties.
#include <gtest/gtest.h>

#include "checker/collections/distinct_bag.h"
#include "checker/collections/distinct_queue.h"
#include "checker/collections/distinct_stack.h"
#include "checker/specification/collection.h"
#include "tests/checker/random_history.h"
#include "tests/checker/search/replay.h"

namespace capsize::checker {
namespace {

using testing::BruteForce;
using testing::Random;

std::vector<KeyOperation> random_operations(Random& random, ValueTable& values) {
  std::vector<KeyOperation> operations(2 + random.below(7));
  std::uint32_t enqueued = 0;
  for (KeyOperation& operation : operations) {
    operation.required = !random.chance(25);
    operation.code = random.chance(50) ? kCodeAdd : kCodeTake;
    if (operation.code == kCodeAdd) {
      operation.argument = values.integer(++enqueued);
    } else if (!operation.required) {
      operation.argument = kNoValue;
    } else {
      const std::uint32_t taken = random.below(5);
      operation.argument = taken == 0 ? kNullValue : values.integer(taken);
    }
  }
  testing::place(operations, {.ties = random.chance(30)}, random);
  return operations;
}

struct Kind {
  const char* model;
  Decision (*decide)(std::span<const KeyOperation>, ValueId, bool);
  bool may_give_up = false;
};

class DistinctElements : public ::testing::TestWithParam<Kind> {};

TEST_P(DistinctElements, Random_AgreesWithBruteForceAndItsOrderReplays) {
  const Model& model = *find_model(GetParam().model);
  const std::uint64_t histories = testing::histories(20'000);
  std::uint64_t legal_ones = 0;
  std::uint64_t undecided = 0;
  std::uint64_t with_unknown_dequeue = 0;
  for (std::uint64_t seed = 1; seed <= histories; ++seed) {
    Random random(seed);
    ValueTable values;
    const auto operations = random_operations(random, values);
    const Decision decision = GetParam().decide(operations, kNullValue, true);
    if (decision.kind == Decision::Kind::kNotApplicable) {
      ++undecided;
      continue;
    }
    const bool legal = BruteForce(operations, kNullValue, model, values).legal();
    ASSERT_EQ(decision.is_violation(), !legal) << "seed " << seed;
    if (legal) {
      ASSERT_TRUE(testing::replays(decision.order, operations, model, kNullValue, values))
          << "seed " << seed;
      ++legal_ones;
      with_unknown_dequeue += std::ranges::any_of(decision.order, [&](std::uint32_t place) {
        return operations[place].argument == kNoValue;
      });
      continue;
    }
    // What is shown is a violation too.
    std::vector<KeyOperation> shown;
    for (const std::uint32_t place : decision.counterexample) shown.push_back(operations[place]);
    const bool closed = std::ranges::all_of(operations, [&](const KeyOperation& one) {
      return one.code != kCodeTake || one.argument != kNoValue ||
             std::ranges::any_of(shown,
                                 [&](const auto& other) { return other.source == one.source; });
    });
    if (closed) {
      ASSERT_FALSE(BruteForce(shown, kNullValue, model, values).legal()) << "seed " << seed;
    }
  }
  // Of stacks with indeterminate pops; the others decide all.
  EXPECT_LE(undecided, GetParam().may_give_up ? histories / 1'000 : 0);
  EXPECT_GT(legal_ones, histories / 20);
  EXPECT_LT(legal_ones, histories * 19 / 20);
  EXPECT_GT(with_unknown_dequeue, histories / 100);
}

INSTANTIATE_TEST_SUITE_P(Collections, DistinctElements,
                         ::testing::Values(Kind{"fifo-queue", &decide_distinct_queue},
                                           Kind{"bag", &decide_distinct_bag},
                                           Kind{"stack", &decide_distinct_stack, true}),
                         [](const auto& tested) {
                           std::string name = tested.param.model;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace capsize::checker
