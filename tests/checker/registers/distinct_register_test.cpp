#include "checker/registers/distinct_register.h"

#include <gtest/gtest.h>

#include "tests/checker/random_history.h"

namespace capsize::checker {
namespace {

using testing::BruteForce;
using testing::Random;
using testing::Shape;

class DistinctRegister : public ::testing::Test {
 protected:
  KeyOperation write(std::int64_t value, Position invoke, Position complete = kNever) {
    KeyOperation operation;
    operation.code = kCodeWrite;
    operation.blind = true;
    operation.written = values_.integer(value);
    return timed(operation, invoke, complete);
  }
  KeyOperation read(std::int64_t value, Position invoke, Position complete) {
    KeyOperation operation;
    operation.code = kCodeRead;
    operation.pure = true;
    operation.observed = value == 0 ? kNullValue : values_.integer(value);
    return timed(operation, invoke, complete);
  }
  KeyOperation cas(std::int64_t from, std::int64_t to, Position invoke,
                   Position complete = kNever) {
    KeyOperation operation;
    operation.code = kCodeCas;
    operation.observed = values_.integer(from);
    operation.written = values_.integer(to);
    return timed(operation, invoke, complete);
  }
  Decision decide(const std::vector<KeyOperation>& operations) {
    return DistinctRegisterDecider(values_.size()).decide(operations, kNullValue);
  }

  ValueTable values_;

 private:
  static KeyOperation timed(KeyOperation operation, Position invoke, Position complete) {
    operation.invoke = invoke;
    operation.complete = complete;
    operation.required = complete != kNever;
    return operation;
  }
};

TEST_F(DistinctRegister, ReadAfterTwoAcknowledgedWrites_SeesTheFirst_IsAViolation) {
  const Decision decision = decide({write(1, 0, 1), write(2, 2, 3), read(1, 4, 5)});
  EXPECT_TRUE(decision.is_violation());
  EXPECT_EQ(decision.counterexample, (std::vector<std::uint32_t>{0, 1, 2}));
}

TEST_F(DistinctRegister, TouchingPositions_AreConcurrent) {
  // The second write completes at the very position where the read begins.
  EXPECT_EQ(decide({write(1, 0, 1), write(2, 2, 4), read(1, 4, 5)}).kind, Decision::Kind::kLegal);
}

TEST_F(DistinctRegister, IndeterminateWrite_StaysOpenForEver) {
  EXPECT_EQ(decide({write(1, 0), write(2, 2, 3), read(2, 4, 5), read(1, 6, 7)}).kind,
            Decision::Kind::kLegal);
}

TEST_F(DistinctRegister, IndeterminateWrite_CannotTakeEffectTwice) {
  EXPECT_TRUE(decide({write(1, 0), read(1, 1, 2), write(2, 3, 4), read(1, 5, 6)}).is_violation());
}

TEST_F(DistinctRegister, TwoCasOnOneValue_AreAViolationOnlyIfBothAreSeen) {
  EXPECT_TRUE(decide({write(1, 0, 1), cas(1, 2, 2, 3), cas(1, 3, 4, 5)}).is_violation());
  EXPECT_EQ(decide({write(1, 0, 1), cas(1, 2, 2, 3), cas(1, 3, 4)}).kind, Decision::Kind::kLegal);
}

TEST_F(DistinctRegister, CasInACycle_IsAViolation) {
  EXPECT_TRUE(decide({cas(1, 2, 0, 5), cas(2, 1, 1, 6)}).is_violation());
}

TEST_F(DistinctRegister, ChainOfIndeterminateCas_BelongsToTheCounterexample) {
  // w1, nine indeterminate cas 1 -> ... -> 10, read 10, read 1: irreducible with 12 operations.
  std::vector<KeyOperation> operations{write(1, 0, 1)};
  for (std::int64_t value = 1; value < 10; ++value) {
    operations.push_back(cas(value, value + 1, static_cast<Position>(1 + value)));
  }
  operations.push_back(read(10, 20, 21));
  operations.push_back(read(1, 22, 23));
  EXPECT_TRUE(decide(operations).is_violation());
}

TEST_F(DistinctRegister, EqualValues_AreNotApplicable) {
  EXPECT_EQ(decide({write(1, 0, 1), write(1, 2, 3)}).kind, Decision::Kind::kNotApplicable);
}

TEST_F(DistinctRegister, WriteOfTheInitialValue_IsNotApplicable) {
  KeyOperation operation = write(1, 0, 1);
  operation.written = kNullValue;
  EXPECT_EQ(decide({operation}).kind, Decision::Kind::kNotApplicable);
}

// The theorem, against brute force.
void agree_with_brute_force(const Shape& shape, std::uint64_t first_seed, int histories) {
  const Model& model = *find_model("cas-register");
  int violations = 0;
  for (int i = 0; i < histories; ++i) {
    const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(i);
    Random random(seed);
    ValueTable values;
    const auto operations = testing::random_register(shape, random, values);
    DistinctRegisterDecider decider(values.size());
    const Decision decision = decider.decide(operations, kNullValue);
    ASSERT_NE(decision.kind, Decision::Kind::kUnknown);
    if (decision.kind == Decision::Kind::kNotApplicable) continue;
    const bool legal = BruteForce(operations, kNullValue, model, values).legal();
    ASSERT_EQ(decision.is_violation(), !legal) << "seed " << seed;
    // Scratch space that was left dirty would show in a second run.
    ASSERT_EQ(decider.decide(operations, kNullValue).kind, decision.kind) << "seed " << seed;
    violations += decision.is_violation();
  }
  EXPECT_GT(violations, histories / 20);
  EXPECT_LT(violations, histories - histories / 20);
}

TEST(DistinctRegisterRandom, ReadsAndWrites_AgreeWithBruteForce) {
  agree_with_brute_force({.operations_max = 8}, 1, 6000);
}

TEST(DistinctRegisterRandom, Cas_AgreesWithBruteForce) {
  agree_with_brute_force({.operations_max = 8, .cas = true}, 1'000'000, 7000);
}

TEST(DistinctRegisterRandom, Ties_AgreeWithBruteForce) {
  agree_with_brute_force({.operations_max = 7, .cas = true, .ties = true}, 2'000'000, 7000);
}

TEST(DistinctRegisterRandom, ManyIndeterminate_AgreeWithBruteForce) {
  agree_with_brute_force({.operations_max = 8, .cas = true, .info_percent = 60}, 3'000'000, 5000);
}

}  // namespace
}  // namespace capsize::checker
