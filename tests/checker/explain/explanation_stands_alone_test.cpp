// An explanation is a history too: by itself it is a violation (brute force says so), of the same
// name, and no operation of it can be left out.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

#include "checker/check.h"
#include "checker/key_problem.h"
#include "tests/checker/simulated_history.h"

namespace capsize::checker {
namespace {

using testing::BruteForce;
using testing::Random;
using testing::Simulation;

History load(const std::string& text) {
  return std::get<History>(load_history_text(text));
}

// The lines of the operations that a violation shows, header included.
std::string only(const std::string& text, const Violation& violation) {
  std::set<std::uint64_t> events;
  for (const OperationView& operation : violation.operations) {
    events.insert(operation.index);
    if (operation.complete_index) events.insert(*operation.complete_index);
  }
  std::istringstream lines(text);
  std::string line, some;
  std::getline(lines, line);
  some = line + "\n";
  for (std::uint64_t event = 0; std::getline(lines, line); ++event) {
    if (events.contains(event)) some += line + "\n";
  }
  return some;
}

bool is_legal(const std::string& text, const std::string& model) {
  const History history = load(text);
  KeyProblem problem{history, *find_model(model), 0, kNullValue};
  EXPECT_FALSE(decode_key(problem, {}));
  return BruteForce(problem.operations, kNullValue, problem.model, history.values).legal();
}

// Whether something newer was seen again is a question about what happened later, which is not part
// of an explanation: stale and lost look alike there.
std::string kind(Anomaly anomaly) {
  const std::string text(name(anomaly));
  return text.starts_with("lost") || text == "stale read" ? "stale or lost" : text;
}

class StandsAlone : public ::testing::TestWithParam<std::string> {};

TEST_P(StandsAlone, Random_ViolationsOfEveryModel) {
  const std::string& model = GetParam();
  int violations = 0;
  std::map<std::string, int> names;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    Random random(seed);
    Simulation simulation{.model = model, .operations = 4 + random.below(12)};
    simulation.clients = 1 + random.below(4);
    simulation.wrong_percent = 20;
    const std::string text = testing::Simulator(simulation, random).run();
    const Report report = check_history(load(text));
    for (const Violation& violation : report.violations) {
      ++violations;
      ++names[std::string(name(violation.anomaly))];
      const std::string some = only(text, violation);
      ASSERT_TRUE(violation.minimal);
      // Transactions are grouped by what they touch; the shown ones are one group.
      const Report alone = check_history(load(some));
      const std::string where = model + ", seed " + std::to_string(seed) + "\n" + text + "\n" +
                                violation.sentence + "\n" + some;
      ASSERT_EQ(alone.verdict, Verdict::kInvalid) << where;
      ASSERT_FALSE(is_legal(some, model)) << where;
      // Alone, values may repeat less, and what had no name may get one.
      if (violation.anomaly != Anomaly::kNoLegalOrder) {
        ASSERT_EQ(kind(alone.violations.at(0).anomaly), kind(violation.anomaly)) << where;
      }
      // Where strings are built up, more may have been meant in the whole history.
      if (model != "kv") {
        ASSERT_EQ(alone.violations.at(0).operations.size(), violation.operations.size()) << where;
      }
      if (model == "register") {
        ASSERT_LE(violation.operations.size(), 6U) << where;
      }
    }
  }
  EXPECT_GT(violations, 40);
  std::string told;
  for (const auto& [anomaly, count] : names) told += anomaly + " " + std::to_string(count) + ", ";
  RecordProperty("anomalies", told);
  // Where every value is different, what went wrong has a name nearly always; strings that are put,
  // appended to and deleted have none of their own yet.
  EXPECT_LT(names["no legal order"], model == "kv" ? violations * 2 / 3 : violations / 3) << told;
}

INSTANTIATE_TEST_SUITE_P(Explanation, StandsAlone, ::testing::ValuesIn(testing::simulated_models()),
                         [](const auto& model) {
                           std::string name = model.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace capsize::checker
