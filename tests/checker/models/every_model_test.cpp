// Every model, by whatever algorithm is chosen for it, against brute force; and what has to hold of
// any verdict: one legal operation more changes nothing, nor do other process numbers, and what is
// shown of a violation violates.
//
// CAPSIZE_RANDOM_HISTORIES=1000000 asks for more than the few that run with the other tests.
#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include "base/json.h"

#include "checker/check/check.h"
#include "checker/check/prepare_history.h"
#include "checker/search/just_in_time_search.h"
#include "checker/specification/key_problem.h"
#include "tests/checker/simulated_history.h"

namespace capsize::checker {
namespace {

using testing::BruteForce;
using testing::Random;
using testing::Simulation;

History load(const std::string& text) {
  return std::get<History>(load_history_text(text));
}

bool is_legal(const History& history, const Model& its_model) {
  const PreparedHistory prepared(history, its_model);
  const History& grouped = prepared.history();
  const Model& model = prepared.model();
  for (KeyId key = 0; key < grouped.keys.size(); ++key) {
    KeyProblem problem{grouped, model, key, kNullValue};
    EXPECT_FALSE(decode_key(problem, {}));
    const bool legal = BruteForce(problem.operations, kNullValue, model, grouped.values).legal();
    // The search agrees, whichever algorithm decides this key.
    const Decision searched = search_just_in_time(
        problem.operations, kNullValue, model, grouped.values, {nullptr, std::uint64_t{64} << 20});
    EXPECT_EQ(searched.kind == Decision::Kind::kViolation, !legal);
    if (!legal) return false;
  }
  return true;
}

// The same operations by processes of other numbers.
std::string renumbered(const std::string& text) {
  std::istringstream lines(text);
  std::string line, out;
  std::getline(lines, line);
  out = line + "\n";
  while (std::getline(lines, line)) {
    auto event = base::Json::parse(line);
    event["process"] = 1'000'000 - event["process"].get<int>();
    out += event.dump() + "\n";
  }
  return out;
}

// A history that is legal stays so with one operation more that asks for what is there in the end;
// a mutation that is not observed is the simplest one.
std::string with_one_more(const std::string& text, const std::string& model) {
  static const std::map<std::string, std::pair<const char*, const char*>> kMutations = {
      {"register", {"write", "777"}}, {"cas-register", {"write", "777"}},
      {"kv", {"write", "\"z777;\""}}, {"list", {"append", "777"}},
      {"set", {"add", "777"}},        {"counter", {"add", "1"}},
      {"bag", {"enqueue", "777"}},    {"fifo-queue", {"enqueue", "777"}},
      {"stack", {"push", "777"}},     {"multi-register", {"txn", R"([["w","x",777]])"}},
  };
  const auto found = kMutations.find(model);
  if (found == kMutations.end()) return text;
  std::string out = text;
  for (const char* type : {"invoke", "ok"}) {
    out += std::string(R"({"process":99999,"type":")") + type + R"(","f":")" + found->second.first +
           R"(","value":)" + found->second.second + "}\n";
  }
  return out;
}

Simulation random_simulation(const std::string& model, Random& random) {
  Simulation simulation{.model = model, .operations = 2 + random.below(9)};
  simulation.clients = 1 + random.below(4);
  simulation.values = random.chance(40) ? 1 + random.below(3) : 0;
  simulation.wrong_percent = random.chance(70) ? 25 : 0;
  simulation.plain = random.chance(50);
  simulation.info_percent = random.below(3) * 15;
  return simulation;
}

class EveryModel : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryModel, Random_AgreesWithBruteForce) {
  const Model& model = *find_model(GetParam());
  std::map<std::string, std::uint64_t> algorithms;
  std::uint64_t legal_ones = 0;
  const std::uint64_t histories = testing::histories(100);
  for (std::uint64_t seed = 1; seed <= histories; ++seed) {
    Random random(seed);
    const Simulation simulation = random_simulation(GetParam(), random);
    const std::string text = testing::Simulator(simulation, random).run();
    const History history = load(text);
    const bool legal = is_legal(history, model);
    const Report report = check_history(history);
    const std::string where = "seed " + std::to_string(seed) + "\n" + text + report.reason;
    ASSERT_FALSE(HasFailure()) << where;
    const bool acknowledged = std::ranges::any_of(
        history.operations,
        [](const Operation& operation) { return operation.outcome == Outcome::kOk; });
    if (!acknowledged) {
      ASSERT_EQ(report.verdict, Verdict::kVacuous) << where;
      continue;
    }
    ASSERT_EQ(report.verdict, legal ? Verdict::kValid : Verdict::kInvalid) << where;
    ASSERT_TRUE(legal || simulation.wrong_percent > 0) << where;
    ASSERT_EQ(check_history(load(renumbered(text))).verdict, report.verdict) << where;
    ASSERT_EQ(check_history(load(with_one_more(text, GetParam()))).verdict, report.verdict)
        << where;
    for (const auto& [algorithm, keys] : report.algorithms) algorithms[algorithm] += keys;
    legal_ones += legal;
  }
  EXPECT_GT(legal_ones, histories / 5);
  EXPECT_LT(legal_ones, histories * 97 / 100);
  // Wherever there is a fast decider it decides some, and leaves some to the search.
  EXPECT_GE(algorithms.size(), model.deciders.empty() ? 1U : 2U);
}

INSTANTIATE_TEST_SUITE_P(Models, EveryModel, ::testing::ValuesIn(testing::simulated_models()),
                         [](const auto& model) {
                           std::string name = model.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace capsize::checker
