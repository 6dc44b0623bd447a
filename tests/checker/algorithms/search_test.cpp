// Each search order by itself against brute force: together, the one that is faster hides what the
// other one would have said.
#include "checker/algorithms/search.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/checker/random_history.h"

namespace capsize::checker {
namespace {

using testing::BruteForce;
using testing::Random;
using testing::Shape;

// Whether the order has every acknowledged operation, none twice, keeps precedence and is possible.
bool replays(const std::vector<std::uint32_t>& order, const SearchProblem& problem) {
  const auto& operations = problem.operations;
  StateTable states(problem.values);
  State state = problem.model.initial(states, problem.initial);
  Position latest_invoke = 0;
  std::set<std::uint32_t> placed;
  for (const std::uint32_t place : order) {
    const auto after = problem.model.step(states, state, operations[place]);
    if (!after || !placed.insert(place).second) return false;
    if (operations[place].complete < latest_invoke) return false;
    latest_invoke = std::max(latest_invoke, operations[place].invoke);
    state = *after;
  }
  for (std::uint32_t i = 0; i < operations.size(); ++i) {
    if (operations[i].required && !placed.contains(i)) return false;
  }
  return true;
}

struct Case {
  const char* name;
  Shape shape;
  bool mismatches = false;
};

class EachOrder : public ::testing::TestWithParam<std::tuple<Search::Order, Case>> {};

TEST_P(EachOrder, Random_AgreesWithBruteForceAndItsOrderReplays) {
  const auto& [order, one] = GetParam();
  const Model& model = *find_model("kv");
  constexpr int kHistories = 4000;
  int violations = 0;
  for (std::uint64_t seed = 1; seed <= kHistories; ++seed) {
    Random random(seed);
    ValueTable values;
    auto operations = testing::random_register(one.shape, random, values);
    if (one.mismatches) testing::add_mismatches(operations, random);
    const SearchBounds bounds{nullptr, std::uint64_t{64} << 20};
    const SearchProblem problem(operations, model, kNullValue, values, bounds);
    ASSERT_EQ(problem.exact, !one.mismatches || !testing::has_mismatch(operations));
    StateTable states(values);
    Search search(problem, states, order, nullptr, true);
    while (search.result() == Search::Result::kOpen) search.advance(1024);
    const bool legal = BruteForce(operations, kNullValue, model, values).legal();
    ASSERT_EQ(search.result() == Search::Result::kLegal, legal) << "seed " << seed;
    if (legal) {
      ASSERT_TRUE(replays(search.legal_order(), problem)) << "seed " << seed;
    }
    violations += !legal;
  }
  EXPECT_GT(violations, kHistories / 20);
  EXPECT_LT(violations, kHistories * 19 / 20);
}

INSTANTIATE_TEST_SUITE_P(
    Search, EachOrder,
    ::testing::Combine(
        ::testing::Values(Search::Order::kDepthFirst, Search::Order::kByCompletion),
        ::testing::Values(
            Case{"DistinctValues", {.operations_max = 8, .cas = true}},
            Case{"TwoValues", {.operations_max = 10, .values = 2, .cas = true}},
            Case{"Ties", {.operations_max = 9, .values = 3, .cas = true, .ties = true}},
            Case{"WritesOnly", {.operations_max = 11, .values = 3, .info_percent = 35}},
            Case{"ManyIndeterminate",
                 {.operations_max = 12, .values = 3, .cas = true, .info_percent = 45}},
            Case{"FewIndeterminate",
                 {.operations_max = 12, .values = 2, .cas = true, .info_percent = 12}},
            Case{"Mismatches",
                 {.operations_max = 9, .values = 2, .cas = true, .info_percent = 35},
                 true})),
    [](const auto& tested) {
      const bool deep = std::get<0>(tested.param) == Search::Order::kDepthFirst;
      return std::string(deep ? "DepthFirst" : "ByCompletion") + std::get<1>(tested.param).name;
    });

}  // namespace
}  // namespace capsize::checker
