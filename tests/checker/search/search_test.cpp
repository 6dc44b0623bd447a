// Each search order alone against brute force: together, the faster one would hide a wrong answer
// of the other.
#include "checker/search/search.h"

#include <gtest/gtest.h>

#include "checker/specification/collection.h"
#include "tests/checker/random_history.h"
#include "tests/checker/search/replay.h"

namespace capsize::checker {
namespace {

using testing::BruteForce;
using testing::Random;
using testing::Shape;

struct Case {
  const char* name;
  Shape shape;
  bool mismatches = false;
};

class EachOrder : public ::testing::TestWithParam<std::tuple<Search::Order, Case>> {};

// `make` draws the operations of one history.
template <typename Make>
void agree_with_brute_force(Search::Order order, const char* model_name, std::uint64_t histories,
                            const Make& make) {
  const Model& model = *find_model(model_name);
  std::uint64_t violations = 0;
  for (std::uint64_t seed = 1; seed <= histories; ++seed) {
    Random random(seed);
    ValueTable values;
    const std::vector<KeyOperation> operations = make(random, values);
    const SearchBounds bounds{nullptr, std::uint64_t{64} << 20};
    const SearchProblem problem(operations, model, kNullValue, values, bounds);
    if (std::string_view(model_name) == "kv") {
      ASSERT_EQ(problem.kind == SearchProblem::Kind::kExact, !testing::has_mismatch(operations));
    }
    StateTable states(values);
    Search search(problem, states, order, nullptr, true);
    while (search.result() == Search::Result::kOpen) search.advance(1024);
    const bool legal = BruteForce(operations, kNullValue, model, values).legal();
    ASSERT_EQ(search.result() == Search::Result::kLegal, legal) << "seed " << seed;
    if (legal) {
      ASSERT_TRUE(testing::replays(search.legal_order(), operations, model, kNullValue, values))
          << "seed " << seed;
    }
    violations += !legal;
  }
  EXPECT_GT(violations, histories / 20);
  EXPECT_LT(violations, histories * 19 / 20);
}

TEST_P(EachOrder, Random_AgreesWithBruteForceAndItsOrderReplays) {
  const auto& [order, one] = GetParam();
  const auto make = [&one = one](Random& random, ValueTable& values) {
    auto operations = testing::random_register(one.shape, random, values);
    if (one.mismatches) testing::add_mismatches(operations, random);
    return operations;
  };
  agree_with_brute_force(order, "kv", testing::histories(4000), make);
}

// The same of sets and counters, in which more than one mutation may serve one read.
class EachOrderOfOthers
    : public ::testing::TestWithParam<std::tuple<Search::Order, testing::Kind>> {};

TEST_P(EachOrderOfOthers, Random_AgreesWithBruteForceAndItsOrderReplays) {
  const auto& [order, kind] = GetParam();
  const auto make = [&kind = kind](Random& random, ValueTable& values) {
    return testing::random_operations(kind, random, values);
  };
  agree_with_brute_force(order, kind.model, testing::histories(5000), make);
}

INSTANTIATE_TEST_SUITE_P(
    Search, EachOrderOfOthers,
    ::testing::Combine(::testing::Values(Search::Order::kDepthFirst, Search::Order::kByCompletion),
                       ::testing::Values(testing::Kind{"set",
                                                       {kCodeAdd, kCodeRemove},
                                                       {kCodeContains, kCodeLacks, kCodeReadAll},
                                                       9},
                                         testing::Kind{"counter", {kCodeAdd}, {kCodeReadAll}, 9},
                                         testing::Kind{"fifo-queue", {kCodeAdd, kCodeTake}, {}},
                                         testing::Kind{"stack", {kCodeAdd, kCodeTake}, {}},
                                         testing::Kind{"bag", {kCodeAdd, kCodeTake}, {}})),
    [](const auto& tested) {
      const bool deep = std::get<0>(tested.param) == Search::Order::kDepthFirst;
      std::string name = std::get<1>(tested.param).model;
      std::erase(name, '-');
      return (deep ? "DepthFirst_" : "ByCompletion_") + name;
    });

KeyOperation read_of(ValueId value, Position invoke, Position complete) {
  KeyOperation read;
  read.code = kCodeRead;
  read.required = read.pure = true;
  read.observed = value;
  read.invoke = invoke;
  read.complete = complete;
  return read;
}

// `complete` kNever: indeterminate.
KeyOperation write_of(ValueId value, Position invoke, Position complete) {
  KeyOperation write;
  write.code = kCodeWrite;
  write.required = complete != kNever;
  write.blind = true;
  write.written = value;
  write.invoke = invoke;
  write.complete = complete;
  return write;
}

KeyOperation lost_cas(ValueId expected, ValueId written, Position invoke) {
  KeyOperation cas = write_of(written, invoke, kNever);
  cas.code = kCodeCas;
  cas.blind = false;
  cas.observed = expected;
  return cas;
}

class OneOrder : public ::testing::TestWithParam<Search::Order> {
 protected:
  bool is_legal(const std::vector<KeyOperation>& operations, ValueId initial) {
    const SearchBounds bounds{nullptr, std::uint64_t{64} << 20};
    const SearchProblem problem(operations, *find_model("kv"), initial, values_, bounds);
    StateTable states(values_);
    Search search(problem, states, GetParam(), nullptr, false);
    while (search.result() == Search::Result::kOpen) search.advance(1024);
    return search.result() == Search::Result::kLegal;
  }

  ValueTable values_;
};

// The first read of 1 has to come from the lost write, which then also hides the write of 9: the
// cas is needed once more, for the last read.
TEST_P(OneOrder, WriteThatHidesAnother_IsNotGivenUpForACas) {
  const ValueId zero = values_.integer(0), one = values_.integer(1), nine = values_.integer(9);
  std::vector<KeyOperation> operations = {
      write_of(one, 0, kNever), lost_cas(zero, one, 1), write_of(nine, 2, 6), read_of(one, 3, 4),
      read_of(one, 7, 8),       write_of(zero, 9, 10),  read_of(one, 11, 12)};
  EXPECT_TRUE(is_legal(operations, zero));
  operations.push_back(write_of(zero, 13, 14));
  operations.push_back(read_of(one, 15, 16));
  EXPECT_FALSE(is_legal(operations, zero)) << "there is nothing left to make a 1 of";
}

// One legal order: cas 0 to 2, write 1, the lost write of 2, cas 2 to 3, read 3. Random histories
// come upon this once in a hundred thousand.
TEST_P(OneOrder, LostWriteOfWhatIsThere_HidesAnotherBeforeACas) {
  const ValueId zero = values_.integer(0), one = values_.integer(1), two = values_.integer(2),
                three = values_.integer(3);
  KeyOperation to_three = lost_cas(two, three, 0);
  KeyOperation to_two = lost_cas(zero, two, 4);
  to_three.required = to_two.required = true;
  to_three.complete = 6;
  to_two.complete = 5;
  std::vector<KeyOperation> operations = {to_three, write_of(one, 1, 7), write_of(two, 2, kNever),
                                          to_two, read_of(three, 8, 9)};
  EXPECT_TRUE(is_legal(operations, zero));
  operations.erase(operations.begin() + 2);
  EXPECT_FALSE(is_legal(operations, zero));
}

INSTANTIATE_TEST_SUITE_P(Search, OneOrder,
                         ::testing::Values(Search::Order::kDepthFirst,
                                           Search::Order::kByCompletion),
                         [](const auto& tested) {
                           const bool deep = tested.param == Search::Order::kDepthFirst;
                           return deep ? "DepthFirst" : "ByCompletion";
                         });

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
