// Models of collections: the search against brute force on small random histories, and what
// decoding makes of real ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "checker/check/prepare_history.h"
#include "checker/history/byte_source.h"
#include "checker/linearization/linearization.h"
#include "checker/search/just_in_time_search.h"
#include "checker/specification/collection.h"
#include "checker/specification/key_problem.h"
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

// ---- bag with drain ----

std::string event(int process, const char* type, const char* function, const std::string& value) {
  return "{\"process\":" + std::to_string(process) + ",\"type\":\"" + type + "\",\"f\":\"" +
         function + "\",\"value\":" + value + "}\n";
}

std::string acknowledged(int process, const char* function, const std::string& asked,
                         const std::string& answered) {
  return event(process, "invoke", function, asked) + event(process, "ok", function, answered);
}

Report report_of(const std::string& text, const std::string& model = "bag") {
  return check_history(std::get<History>(load_history_text(text)), {.model = model});
}

TEST(BagDrain, TakesEachOfItsElements) {
  const std::string put =
      acknowledged(0, "enqueue", "1", "1") + acknowledged(0, "enqueue", "2", "2");
  EXPECT_EQ(report_of(put + acknowledged(1, "drain", "null", "[2,1]")).verdict, Verdict::kValid);
  EXPECT_EQ(report_of(put + acknowledged(1, "drain", "null", "[2,1]"), "").model, "bag");
  EXPECT_EQ(report_of(put + acknowledged(1, "drain", "null", "[1,1]")).verdict, Verdict::kInvalid);
  EXPECT_EQ(report_of(put + acknowledged(1, "drain", "null", "[3]")).verdict, Verdict::kInvalid);
  // After the drain nothing is left of what it took.
  EXPECT_EQ(report_of(put + acknowledged(1, "drain", "null", "[1]") +
                      acknowledged(1, "dequeue", "null", "2") +
                      acknowledged(1, "dequeue", "null", "null"))
                .verdict,
            Verdict::kValid);
  EXPECT_EQ(report_of(put + acknowledged(1, "drain", "null", "[1]") +
                      acknowledged(1, "dequeue", "null", "1"))
                .verdict,
            Verdict::kInvalid);
  EXPECT_THAT(report_of(put + acknowledged(1, "drain", "null", "3")).reason,
              ::testing::HasSubstr("drain with 3 at index 4, expected an array"));
}

TEST(BagDrain, Violation_ShowsTheIndexOfTheDrain) {
  const Report report =
      report_of(acknowledged(0, "enqueue", "1", "1") + acknowledged(1, "drain", "null", "[1,8]"));
  ASSERT_EQ(report.violations.size(), 1U);
  ASSERT_FALSE(report.violations[0].operations.empty());
  EXPECT_EQ(report.violations[0].operations.back().index, 2U);
  EXPECT_EQ(report.counts.operations, 2U) << "as the file has them";
}

TEST(BagDrain, Indeterminate_MayHaveTakenAnything) {
  const std::string put = acknowledged(0, "enqueue", "1", "1") +
                          acknowledged(0, "enqueue", "1", "1") +
                          acknowledged(0, "enqueue", "2", "2");
  const std::string empty = acknowledged(2, "dequeue", "null", "null");
  const std::string lost = event(1, "invoke", "drain", "null") + event(1, "info", "drain", "null");
  const std::string failed =
      event(1, "invoke", "drain", "null") + event(1, "fail", "drain", "null");
  EXPECT_EQ(report_of(put + lost + empty).verdict, Verdict::kValid);
  EXPECT_EQ(report_of(put + empty).verdict, Verdict::kInvalid);
  EXPECT_EQ(report_of(put + failed + empty).verdict, Verdict::kInvalid);
  // Nor need it have taken all, or anything.
  EXPECT_EQ(report_of(put + lost + acknowledged(2, "dequeue", "null", "1") + empty).verdict,
            Verdict::kValid);
  EXPECT_EQ(report_of(put + empty + lost).verdict, Verdict::kInvalid);
}

// A random history of one process for each operation, a third of them drains.
std::string random_drains(Random& random) {
  struct Open {
    int process;
    const char* function;
    std::string asked;
  };
  std::vector<Open> open;
  std::string text;
  const auto element = [&] { return std::to_string(1 + random.below(3)); };
  const std::uint32_t operations = 2 + random.below(5);
  for (std::uint32_t begun = 0; begun < operations || !open.empty();) {
    if (begun < operations && (open.empty() || random.chance(50))) {
      const char* function =
          random.chance(45) ? "enqueue" : (random.chance(50) ? "drain" : "dequeue");
      const bool puts = std::string_view(function) == "enqueue";
      open.push_back({static_cast<int>(begun++), function, puts ? element() : "null"});
      text += event(open.back().process, "invoke", function, open.back().asked);
      continue;
    }
    const std::uint32_t place = random.below(static_cast<std::uint32_t>(open.size()));
    const Open one = open[place];
    open.erase(open.begin() + place);
    std::string answered = one.asked;
    if (std::string_view(one.function) == "dequeue")
      answered = random.chance(40) ? "null" : element();
    if (std::string_view(one.function) == "drain") {
      answered = random.chance(30)
                     ? "[]"
                     : "[" + element() + (random.chance(40) ? "," + element() : "") + "]";
    }
    text += event(one.process, random.chance(20) ? "info" : "ok", one.function, answered);
  }
  return text;
}

TEST(BagDrain, RandomHistories_AgreeWithBruteForce) {
  const std::uint64_t histories = testing::histories(1500);
  std::uint64_t legal_ones = 0;
  for (std::uint64_t seed = 1; seed <= histories; ++seed) {
    Random random(seed);
    const std::string text = random_drains(random);
    const History history = std::get<History>(load_history_text(text));
    const Report report = check_history(history, {.model = "bag"});
    if (report.verdict == Verdict::kVacuous) continue;
    const PreparedHistory prepared(history, *find_model("bag"));
    KeyProblem problem{prepared.history(), prepared.model(), 0, kNullValue};
    ASSERT_FALSE(decode_key(problem, {})) << text;
    const bool legal =
        BruteForce(problem.operations, kNullValue, prepared.model(), history.values).legal();
    ASSERT_EQ(report.verdict, legal ? Verdict::kValid : Verdict::kInvalid)
        << "seed " << seed << "\n"
        << text << report.reason;
    legal_ones += legal;
  }
  EXPECT_GT(legal_ones, histories / 10);
  EXPECT_LT(legal_ones, histories * 9 / 10);
}

TEST(BagDrain, FailedDequeue_SaysNothing) {
  EXPECT_EQ(report_of(acknowledged(0, "enqueue", "1", "1") + event(1, "invoke", "dequeue", "null") +
                      event(1, "fail", "dequeue", "null"))
                .verdict,
            Verdict::kValid);
}

TEST(BagDrain, Linearization_IsOneDequeueForEachElement) {
  const std::string text = acknowledged(0, "enqueue", "1", "1") +
                           acknowledged(0, "enqueue", "2", "2") +
                           acknowledged(1, "drain", "null", "[2,1]");
  const History history = std::get<History>(load_history_text(text));
  Linearization linearization;
  EXPECT_EQ(check_history(history, {.model = "bag"}, &linearization).verdict, Verdict::kValid);
  std::string lines;
  write_linearization(history, linearization, [&](std::string_view line) { lines += line; });
  LineReader reader(text_source(lines));
  EXPECT_EQ(verify_linearization(history, reader, "w", {.model = "bag"}).verdict, Verdict::kValid)
      << lines;
}

// ---- transactions ----

TEST(MultiRegister, WordsForStepsAreUnderstood) {
  const std::string write = R"([["write","x",1],["w","y",2]])";
  EXPECT_EQ(report_of(acknowledged(0, "txn", write, write) +
                          acknowledged(1, "txn", R"([["read","x",null]])", R"([["read","x",1]])"),
                      "multi-register")
                .verdict,
            Verdict::kValid);
  EXPECT_EQ(report_of(acknowledged(0, "txn", write, write) +
                          acknowledged(1, "txn", R"([["read","y",null]])", R"([["r","y",1]])"),
                      "multi-register")
                .verdict,
            Verdict::kInvalid);
}

TEST(MultiRegister, Appends_AreRefusedWithTheNextStep) {
  const std::string append = R"([["r","x",null],["append","x",1]])";
  for (const char* model : {"", "multi-register"}) {
    const Report report = report_of(acknowledged(0, "txn", append, append), model);
    EXPECT_EQ(report.verdict, Verdict::kUsageError);
    EXPECT_THAT(report.reason, ::testing::HasSubstr("Elle's list-append"));
  }
}

}  // namespace
}  // namespace capsize::checker
