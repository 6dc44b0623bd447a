#include "checker/transactions/distinct_transactions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "checker/search/just_in_time_search.h"
#include "checker/specification/transaction.h"
#include "tests/checker/random_history.h"

namespace capsize::checker {
namespace {

using testing::BruteForce;
using ::testing::HasSubstr;
using testing::Random;

// One line of a history: process, type and steps.
std::string event(int process, const char* type, const std::string& steps) {
  return R"({"process":)" + std::to_string(process) + R"(,"type":")" + type +
         R"(","f":"txn","value":)" + steps + "}\n";
}

std::string call(int process, const std::string& steps) {
  return event(process, "invoke", steps) + event(process, "ok", steps);
}

Report check(const std::string& text, const CheckOptions& options = {}) {
  const LoadResult loaded = load_history_text(text, options);
  return check_history(std::get<History>(loaded), options);
}

TEST(MultiRegister, WritesOfOneTransaction_AreSeenTogether) {
  const std::string both = call(1, R"([["w","x",1],["w","y",1]])");
  EXPECT_EQ(check(both + call(2, R"([["r","x",1],["r","y",1]])")).verdict, Verdict::kValid);
  const Report report = check(both + call(2, R"([["r","x",1],["r","y",null]])"));
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_EQ(report.model, "multi-register");
  EXPECT_EQ(report.algorithms.at("distinct-transactions"), 1U);
  EXPECT_EQ(report.violations.at(0).operations.size(), 2U);
}

TEST(MultiRegister, HalfOfAConcurrentTransaction_IsAViolation) {
  // No clash in real time and none on either key: only both keys together show it.
  const std::string writer = R"([["w","x",1],["w","y",1]])";
  EXPECT_EQ(check(event(1, "invoke", writer) + call(2, R"([["r","x",1],["r","y",null]])") +
                  event(1, "ok", writer))
                .verdict,
            Verdict::kInvalid);
}

TEST(MultiRegister, TwoReadersWhoSeeTwoWritesInDifferentOrder_AreAViolation) {
  const std::string x = R"([["w","x",1]])";
  const std::string y = R"([["w","y",1]])";
  EXPECT_EQ(
      check(event(1, "invoke", x) + event(2, "invoke", y) +
            call(3, R"([["r","x",1],["r","y",null]])") +
            call(4, R"([["r","x",null],["r","y",1]])") + event(1, "ok", x) + event(2, "ok", y))
          .verdict,
      Verdict::kInvalid);
}

TEST(MultiRegister, TransactionSeesItsOwnWrites) {
  EXPECT_EQ(check(call(1, R"([["w","x",1],["r","x",1]])")).verdict, Verdict::kValid);
  EXPECT_EQ(check(call(1, R"([["w","x",1],["r","x",null]])")).verdict, Verdict::kInvalid);
  EXPECT_EQ(check(call(1, R"([["r","x",null],["w","x",1]])")).verdict, Verdict::kValid);
  EXPECT_EQ(check(call(1, R"([["r","x",1],["w","x",1]])")).verdict, Verdict::kInvalid);
}

TEST(MultiRegister, UnconnectedKeys_AreJudgedApart) {
  const Report report = check(call(1, R"([["w","x",1],["w","y",1]])") +
                              call(1, R"([["w","z",1]])") + call(2, R"([["r","z",null]])"));
  EXPECT_EQ(report.counts.keys, 2U);
  EXPECT_EQ(report.violating_keys, 1U);
  EXPECT_EQ(report.violations.at(0).key, "z");
}

TEST(MultiRegister, RepeatedValues_GoToTheSearch) {
  const Report report = check(call(1, R"([["w","x",1]])") + call(1, R"([["w","x",1]])"));
  EXPECT_EQ(report.verdict, Verdict::kValid);
  EXPECT_EQ(report.algorithms.at("just-in-time-search"), 1U);
}

TEST(MultiRegister, OtherSteps_AreRefused) {
  const Report report = check(call(1, R"([["delete","x",1]])"), {.model = "multi-register"});
  EXPECT_EQ(report.verdict, Verdict::kUsageError);
  EXPECT_THAT(report.reason, HasSubstr(R"(expected steps ["r", key, value])"));
}

// Two or three keys; reads return what was ever written, or null.
std::vector<KeyOperation> random_transactions(const testing::Shape& shape, Random& random,
                                              ValueTable& values) {
  std::vector<KeyOperation> operations(1 + random.below(shape.operations_max));
  const ValueId keys[] = {values.text("x"), values.text("y"), values.text("z")};
  const ValueId verbs[] = {values.text("r"), values.text("w")};
  std::uint32_t next = 1;
  for (KeyOperation& operation : operations) {
    operation.required = !random.chance(shape.info_percent);
    operation.pure = true;
    std::vector<ValueId> steps;
    for (const ValueId key : keys) {
      if (random.chance(40)) continue;
      const bool write = random.chance(50);
      const std::uint32_t read = random.below(static_cast<std::uint32_t>(operations.size()));
      const std::uint32_t value =
          shape.values != 0 ? 1 + random.below(shape.values) : (write ? next++ : read);
      const ValueId step[] = {verbs[write ? 1 : 0], key,
                              value == 0 ? kNullValue : values.integer(value)};
      steps.push_back(values.list(step));
      operation.pure = operation.pure && !write;
    }
    if (operation.pure) operation.required = true;
    operation.code = operation.required ? kCodeTransaction : kCodeUnseenTransaction;
    operation.argument = values.list(steps);
  }
  testing::place(operations, shape, random);
  return operations;
}

// Legal histories are rare among random ones of several keys: half of them are made legal by
// letting every transaction read what is there when its turn comes.
void make_legal(std::vector<KeyOperation>& operations, Random& random, ValueTable& values) {
  std::vector<std::size_t> turns(operations.size());
  for (std::size_t i = 0; i < turns.size(); ++i) turns[i] = i;
  std::map<ValueId, ValueId> current;
  for (const std::size_t turn : turns) {
    KeyOperation& operation = operations[turn];
    if (!operation.required && random.chance(50)) continue;
    std::vector<ValueId> steps;
    const auto asked = transaction_steps(values, operation.argument);
    for (const TransactionStep& step : *asked) {
      const ValueId parts[] = {values.text(step.is_write ? "w" : "r"), step.key,
                               step.is_write ? step.value : current[step.key]};
      if (step.is_write) current[step.key] = step.value;
      steps.push_back(values.list(parts));
    }
    operation.argument = values.list(steps);
  }
}

struct Counts {
  int legal = 0, illegal = 0, open = 0;
};

Counts compare(const testing::Shape& shape, std::uint64_t first_seed, int histories) {
  const Model& model = *find_model("multi-register");
  Counts counts;
  for (std::uint64_t seed = first_seed; seed < first_seed + histories; ++seed) {
    Random random(seed);
    ValueTable values;
    auto operations = random_transactions(shape, random, values);
    if (random.chance(60)) make_legal(operations, random, values);
    const bool legal = BruteForce(operations, kNullValue, model, values).legal();
    ++(legal ? counts.legal : counts.illegal);
    const Decision decision = decide_distinct_transactions(operations, kNullValue, values);
    if (decision.kind == Decision::Kind::kNotApplicable) {
      ++counts.open;
    } else {
      EXPECT_EQ(decision.is_violation(), !legal) << "seed " << seed;
    }
    const Decision searched = search_just_in_time(operations, kNullValue, model, values,
                                                  {nullptr, std::uint64_t{64} << 20});
    EXPECT_EQ(searched.is_violation(), !legal) << "seed " << seed;
    if (::testing::Test::HasFailure()) break;
  }
  return counts;
}

TEST(DistinctTransactionsRandom, AgreesWithBruteForce) {
  const Counts counts = compare({.operations_max = 7}, 1, 4000);
  EXPECT_GT(counts.legal, 800);
  EXPECT_GT(counts.illegal, 800);
  EXPECT_LT(counts.open, 80);  // neither argument succeeds; the search decides those
}

TEST(DistinctTransactionsRandom, AgreesWithBruteForceAtEqualPositions) {
  const Counts counts = compare({.operations_max = 7, .ties = true}, 10'000, 2000);
  EXPECT_LT(counts.open, 40);
}

TEST(DistinctTransactionsRandom, RepeatedValues_AreLeftToTheSearch) {
  const Counts counts = compare({.operations_max = 6, .values = 2}, 20'000, 1500);
  EXPECT_GT(counts.legal, 100);
  EXPECT_GT(counts.open, 500);
}

}  // namespace
}  // namespace capsize::checker
