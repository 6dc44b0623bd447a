// Models of collections: the search against brute force on small random histories, and what
// decoding makes of real ones.
#include <gtest/gtest.h>

#include <string>

#include "checker/algorithms/just_in_time_search.h"
#include "checker/models/collection.h"
#include "tests/checker/random_history.h"

namespace capsize::checker {
namespace {

using testing::BruteForce;
using testing::Kind;
using testing::Random;

void agree_with_brute_force(const Kind& kind, std::uint64_t first_seed) {
  constexpr int kHistories = 3000;
  const Model& model = *find_model(kind.model);
  int violations = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + kHistories; ++seed) {
    Random random(seed);
    ValueTable values;
    const auto operations = testing::random_operations(kind, random, values);
    const Decision decision = search_just_in_time(operations, kNullValue, model, values,
                                                  {nullptr, std::uint64_t{64} << 20});
    ASSERT_NE(decision.kind, Decision::Kind::kUnknown) << "seed " << seed;
    const bool legal = BruteForce(operations, kNullValue, model, values).legal();
    ASSERT_EQ(decision.is_violation(), !legal) << kind.model << ", seed " << seed;
    violations += !legal;
  }
  EXPECT_GT(violations, kHistories / 10);
  EXPECT_LT(violations, kHistories * 95 / 100);
}

TEST(ModelsRandom, FifoQueue_AgreesWithBruteForce) {
  agree_with_brute_force({"fifo-queue", {kCodeAdd, kCodeTake}, {}}, 1);
}
TEST(ModelsRandom, Stack_AgreesWithBruteForce) {
  agree_with_brute_force({"stack", {kCodeAdd, kCodeTake}, {}}, 10'000);
}
TEST(ModelsRandom, Bag_AgreesWithBruteForce) {
  agree_with_brute_force({"bag", {kCodeAdd, kCodeTake}, {}}, 20'000);
}
TEST(ModelsRandom, Set_AgreesWithBruteForce) {
  agree_with_brute_force(
      {"set", {kCodeAdd, kCodeRemove}, {kCodeContains, kCodeLacks, kCodeReadAll}}, 30'000);
}
TEST(ModelsRandom, Counter_AgreesWithBruteForce) {
  agree_with_brute_force({"counter", {kCodeAdd}, {kCodeReadAll}}, 40'000);
}
TEST(ModelsRandom, Mutex_AgreesWithBruteForce) {
  agree_with_brute_force({"mutex", {kCodeAdd, kCodeRemove}, {}}, 50'000);
}

// Lines of a sequential history: function, value asked, value answered.
Verdict verdict_of(const std::string& model,
                   const std::vector<std::array<const char*, 3>>& operations) {
  std::string text;
  for (const auto& [function, asked, answered] : operations) {
    for (const auto& [type, value] : {std::pair{"invoke", asked}, std::pair{"ok", answered}}) {
      text += std::string("{\"process\":0,\"type\":\"") + type + "\",\"f\":\"" + function +
              "\",\"value\":" + value + "}\n";
    }
  }
  const LoadResult loaded = load_history_text(text);
  return check_history(std::get<History>(loaded), {.model = model}).verdict;
}

TEST(Models, SequentialHistories_GetTheirVerdict) {
  EXPECT_EQ(verdict_of("fifo-queue", {{"enqueue", "1", "1"},
                                      {"enqueue", "2", "2"},
                                      {"dequeue", "null", "1"},
                                      {"dequeue", "null", "2"},
                                      {"dequeue", "null", "null"}}),
            Verdict::kValid);
  EXPECT_EQ(verdict_of("fifo-queue",
                       {{"enqueue", "1", "1"}, {"enqueue", "2", "2"}, {"dequeue", "null", "2"}}),
            Verdict::kInvalid);
  EXPECT_EQ(
      verdict_of("bag", {{"enqueue", "1", "1"}, {"enqueue", "2", "2"}, {"dequeue", "null", "2"}}),
      Verdict::kValid);
  EXPECT_EQ(verdict_of("stack", {{"push", "1", "1"}, {"push", "2", "2"}, {"pop", "null", "1"}}),
            Verdict::kInvalid);
  EXPECT_EQ(verdict_of("", {{"add", "3", "3"},
                            {"read", "null", "[3]"},
                            {"contains", "3", "[3,true]"},
                            {"remove", "3", "3"},
                            {"contains", "3", "[3,false]"},
                            {"read", "null", "[]"}}),
            Verdict::kValid);
  EXPECT_EQ(verdict_of("", {{"add", "3", "3"}, {"add", "-5", "-5"}, {"read", "null", "-2"}}),
            Verdict::kValid);
  EXPECT_EQ(verdict_of("", {{"add", "3", "3"}, {"read", "null", "4"}}), Verdict::kInvalid);
  EXPECT_EQ(verdict_of("", {{"acquire", "null", "null"}, {"acquire", "null", "null"}}),
            Verdict::kInvalid);
}

}  // namespace
}  // namespace capsize::checker
