// An explanation is a history too: by itself it is a violation (brute force says so), of the same
// name, and no operation of it can be left out.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

#include "checker/check/check.h"
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

// Whether what is missing was seen later is a question about operations that are not part of an
// explanation: stale and lost, and reordered and lost, look alike there.
std::string kind(Anomaly anomaly) {
  const std::string text(name(anomaly));
  const bool missing = text.find("lost") != std::string::npos || text == "stale read" ||
                       text == "reordered element" || text == "incompatible order";
  return missing ? "missing" : text;
}

struct Tally {
  int violations = 0;
  std::map<std::string, int> names;

  int unnamed_percent() const {
    const auto unnamed = names.find("no legal order");
    return unnamed == names.end() ? 0 : 100 * unnamed->second / violations;
  }
  std::string text() const {
    std::string all;
    for (const auto& [anomaly, count] : names) all += anomaly + " " + std::to_string(count) + ", ";
    return all;
  }
};

class StandsAlone : public ::testing::TestWithParam<std::string> {
 protected:
  // Histories with this many different values; 0: all are different.
  void explain_random(std::uint32_t values, Tally& tally) {
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
      Random random(seed);
      Simulation simulation{.model = model_, .operations = 4 + random.below(12)};
      simulation.clients = 1 + random.below(4);
      simulation.wrong_percent = 20;
      simulation.values = values;
      simulation.plain = seed % 2 == 0;
      if (model_ == "bag") simulation.info_percent = 0;
      const std::string text = testing::Simulator(simulation, random).run();
      for (const Violation& violation : check_history(load(text)).violations) {
        ++tally.violations;
        ++tally.names[std::string(name(violation.anomaly))];
        const std::string some = only(text, violation);
        expect_alone(violation, some,
                     model_ + ", seed " + std::to_string(seed) + "\n" + text + "\n" +
                         violation.sentence + "\n" + some);
        if (HasFatalFailure()) return;
        if (model_ == "register" && values == 0) {
          ASSERT_LE(violation.operations.size(), 6U);
        }
      }
    }
    RecordProperty("anomalies", tally.text());
  }

  void expect_alone(const Violation& violation, const std::string& some, const std::string& where) {
    ASSERT_TRUE(violation.minimal) << where;
    // Transactions are grouped by what they touch; the shown ones are one group.
    const Report alone = check_history(load(some));
    ASSERT_EQ(alone.verdict, Verdict::kInvalid) << where;
    ASSERT_FALSE(is_legal(some, model_)) << where;
    // Alone, values may repeat less, and what had no name may get one.
    if (violation.anomaly != Anomaly::kNoLegalOrder) {
      ASSERT_EQ(kind(alone.violations.at(0).anomaly), kind(violation.anomaly)) << where;
    }
    // Where strings are built up, more may have been meant in the whole history.
    if (model_ != "kv") {
      ASSERT_EQ(alone.violations.at(0).operations.size(), violation.operations.size()) << where;
    }
  }

  const std::string& model_ = GetParam();
};

TEST_P(StandsAlone, Random_ViolationsOfEveryModel) {
  Tally tally;
  explain_random(0, tally);
  EXPECT_GT(tally.violations, 40);
  // Of what is read whole everything has a name; of queues and stacks what a fault makes does, but
  // a random answer need not look like any fault.
  const bool queue = model_ == "fifo-queue" || model_ == "stack";
  EXPECT_LE(tally.unnamed_percent(), queue ? 33 : 5) << tally.text();
}

TEST_P(StandsAlone, Random_ViolationsOfEveryModelWithFewValues) {
  Tally tally;
  explain_random(3, tally);
  EXPECT_GT(tally.violations, 30);
  // Where one of several equal elements was taken, it is unknown which.
  const bool takes = model_ == "fifo-queue" || model_ == "stack" || model_ == "bag";
  EXPECT_LE(tally.unnamed_percent(), takes ? 60 : 10) << tally.text();
}

INSTANTIATE_TEST_SUITE_P(Explanation, StandsAlone, ::testing::ValuesIn(testing::simulated_models()),
                         [](const auto& model) {
                           std::string name = model.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace capsize::checker
