#include "checker/registers/sourceless_read.h"

#include <gtest/gtest.h>

#include "tests/checker/random_history.h"

namespace capsize::checker {
namespace {

using testing::BruteForce;
using testing::Random;
using testing::Shape;

// It need not find every violation, but must find many, and never one that is none.
void only_finds_violations(Shape shape, std::uint64_t first_seed) {
  const Model& model = *find_model("cas-register");
  int violations = 0, found = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + 5000; ++seed) {
    Random random(seed);
    ValueTable values;
    shape.ties = random.chance(30);
    const auto operations = testing::random_register(shape, random, values);
    const bool legal = BruteForce(operations, kNullValue, model, values).legal();
    violations += !legal;
    if (!find_sourceless_read(operations, kNullValue).is_violation()) continue;
    ++found;
    ASSERT_FALSE(legal) << "seed " << seed;
  }
  EXPECT_GT(found, violations / 4);
  EXPECT_GT(violations, 500);
}

TEST(SourcelessReadRandom, FewValues_FindsOnlyViolations) {
  only_finds_violations({.operations_max = 8, .values = 3}, 1);
}

TEST(SourcelessReadRandom, FewValuesAndCas_FindsOnlyViolations) {
  only_finds_violations({.operations_max = 8, .values = 3, .cas = true}, 100'000);
}

TEST(SourcelessRead, CasOntoTheValueItExpects_IsNotItsOwnProof) {
  // Only the cas itself writes 1: it does not count as what it saw, but to say so is left to
  // the search.
  ValueTable values;
  KeyOperation cas;
  cas.code = kCodeCas;
  cas.observed = cas.written = values.integer(1);
  cas.required = true;
  cas.complete = 1;
  EXPECT_FALSE(find_sourceless_read(std::vector{cas}, kNullValue).is_violation());
}

TEST(SourcelessRead, Append_IsNotApplicable) {
  ValueTable values;
  KeyOperation append;
  append.code = kCodeAppend;
  append.argument = values.text("a");
  EXPECT_EQ(find_sourceless_read(std::vector{append}, kNullValue).kind,
            Decision::Kind::kNotApplicable);
}

}  // namespace
}  // namespace capsize::checker
