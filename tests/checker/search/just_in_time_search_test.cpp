#include "checker/search/just_in_time_search.h"

#include <gtest/gtest.h>

#include "tests/checker/random_history.h"

namespace capsize::checker {
namespace {

using testing::BruteForce;
using testing::Random;
using testing::Shape;

constexpr std::uint64_t kMemory = std::uint64_t{256} << 20;

Decision search(const std::vector<KeyOperation>& operations, ValueId initial, const Model& model,
                const ValueTable& values) {
  return search_just_in_time(operations, initial, model, values, {nullptr, kMemory});
}

enum class Extra { kNone, kMismatch, kText };

// Turns writes into appends of short strings, some reads into strings, some writes into deletes.
void make_text(std::vector<KeyOperation>& operations, Random& random, ValueTable& values) {
  const auto text = [&](std::uint32_t length) {
    std::string out;
    while (length-- > 0) out += random.chance(50) ? 'a' : 'b';
    return values.text(out);
  };
  for (KeyOperation& operation : operations) {
    if (operation.code == kCodeRead) {
      operation.observed = random.chance(15) ? kNullValue : text(random.below(4));
    } else if (random.chance(70)) {
      const bool required = operation.required;
      const Position invoke = operation.invoke, complete = operation.complete;
      const std::uint32_t source = operation.source;
      operation = {};
      operation.required = required;
      operation.invoke = invoke;
      operation.complete = complete;
      operation.source = source;
      operation.code = kCodeAppend;
      operation.argument = text(1 + random.below(2));
    } else if (operation.code == kCodeWrite) {
      operation.written = random.chance(40) ? kNullValue : text(random.below(3));
    }
  }
}

void agree_with_brute_force(const Shape& shape, Extra extra, std::uint64_t first_seed,
                            int histories) {
  const Model& model = *find_model("kv");
  int violations = 0;
  for (int i = 0; i < histories; ++i) {
    const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(i);
    Random random(seed);
    ValueTable values;
    auto operations = testing::random_register(shape, random, values);
    if (extra == Extra::kMismatch) testing::add_mismatches(operations, random);
    if (extra == Extra::kText) make_text(operations, random, values);
    const Decision decision = search(operations, kNullValue, model, values);
    ASSERT_NE(decision.kind, Decision::Kind::kUnknown) << "seed " << seed;
    const bool legal = BruteForce(operations, kNullValue, model, values).legal();
    ASSERT_EQ(decision.is_violation(), !legal) << "seed " << seed;
    violations += !legal;
    if (legal) continue;
    // What comes after the end must not matter.
    std::vector<KeyOperation> prefix;
    for (KeyOperation operation : operations) {
      if (operation.invoke > decision.end) continue;
      if (operation.complete > decision.end) {
        if (operation.pure) continue;
        operation.required = false;
        operation.complete = kNever;
      }
      prefix.push_back(operation);
    }
    ASSERT_FALSE(BruteForce(prefix, kNullValue, model, values).legal()) << "seed " << seed;
  }
  EXPECT_GT(violations, histories / 20);
  EXPECT_LT(violations, histories - histories / 20);
}

TEST(JustInTimeSearchRandom, DistinctValues_AgreeWithBruteForce) {
  agree_with_brute_force({.operations_max = 8, .cas = true}, Extra::kNone, 1, 4000);
}

TEST(JustInTimeSearchRandom, RepeatedValues_AgreeWithBruteForce) {
  agree_with_brute_force({.operations_max = 9, .values = 2, .cas = true}, Extra::kNone, 1'000'000,
                         7000);
}

TEST(JustInTimeSearchRandom, RepeatedValuesAndTies_AgreeWithBruteForce) {
  agree_with_brute_force({.operations_max = 8, .values = 3, .cas = true, .ties = true},
                         Extra::kNone, 2'000'000, 5000);
}

TEST(JustInTimeSearchRandom, ManyIndeterminate_AgreeWithBruteForce) {
  agree_with_brute_force({.operations_max = 9, .values = 2, .cas = true, .info_percent = 50},
                         Extra::kNone, 3'000'000, 5000);
}

TEST(JustInTimeSearchRandom, Mismatches_AgreeWithBruteForce) {
  agree_with_brute_force({.operations_max = 8, .values = 2, .cas = true, .info_percent = 40},
                         Extra::kMismatch, 4'000'000, 5000);
}

TEST(JustInTimeSearchRandom, AppendedTextAndDeletes_AgreeWithBruteForce) {
  agree_with_brute_force({.operations_max = 7, .values = 2, .cas = true, .info_percent = 30},
                         Extra::kText, 5'000'000, 5000);
}

TEST(JustInTimeSearchRandom, Lists_AgreeWithBruteForce) {
  const Model& model = *find_model("list");
  for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
    Random random(seed);
    ValueTable values;
    const auto operations =
        testing::random_list({.operations_max = 8, .values = 5}, random, values);
    const bool legal = BruteForce(operations, kEmptyList, model, values).legal();
    ASSERT_EQ(search(operations, kEmptyList, model, values).is_violation(), !legal)
        << "seed " << seed;
  }
}

// Sixty cas at once, each an edge between two of twenty values. No way goes over all of them, as 0
// is left more often than it is come to; every order is tried.
std::vector<KeyOperation> hard(ValueTable& values) {
  std::vector<KeyOperation> operations;
  const std::uint32_t writers = 62;
  for (std::uint32_t i = 0; i < writers; ++i) {
    KeyOperation cas;
    cas.code = kCodeCas;
    cas.required = true;
    cas.observed = values.integer(i < 60 ? i % 20 : 0);
    cas.written = values.integer((i + 1 + i / 20) % 20);
    cas.invoke = i;
    cas.complete = writers + i;
    operations.push_back(cas);
  }
  return operations;
}

TEST(JustInTimeSearch, TimeBound_GivesUnknownThatNamesIt) {
  ValueTable values;
  const auto operations = hard(values);
  const Budget budget(std::chrono::milliseconds(50), kMemory);
  const Decision decision = search_just_in_time(operations, values.integer(0), *find_model("kv"),
                                                values, {&budget, kMemory * 16});
  ASSERT_EQ(decision.kind, Decision::Kind::kUnknown);
  EXPECT_NE(decision.reason.find("time bound of 0.05 s"), std::string::npos) << decision.reason;
}

TEST(JustInTimeSearch, MemoryBound_GivesUnknownThatNamesIt) {
  ValueTable values;
  const auto operations = hard(values);
  const Decision decision = search_just_in_time(operations, values.integer(0), *find_model("kv"),
                                                values, {nullptr, 1 << 20});
  ASSERT_EQ(decision.kind, Decision::Kind::kUnknown);
  EXPECT_NE(decision.reason.find("memory bound"), std::string::npos) << decision.reason;
}

}  // namespace
}  // namespace capsize::checker
