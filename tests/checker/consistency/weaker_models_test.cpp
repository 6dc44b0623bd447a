// The weaker consistency models against brute force, and one example each.
#include "checker/consistency/weaker_models.h"

#include <gtest/gtest.h>

#include <map>

#include "checker/check/check.h"
#include "tests/checker/simulated_history.h"

namespace capsize::checker {
namespace {

using testing::Random;
using testing::Simulation;
using Holds = ConsistencyAnswer::Holds;

std::string event(int process, const char* type, const char* f, const std::string& value) {
  return R"({"process":)" + std::to_string(process) + R"(,"type":")" + type + R"(","f":")" + f +
         R"(","value":)" + value + "}\n";
}
std::string write(int process, int value) {
  return event(process, "invoke", "write", std::to_string(value)) +
         event(process, "ok", "write", std::to_string(value));
}
std::string read(int process, const std::string& value) {
  return event(process, "invoke", "read", "null") + event(process, "ok", "read", value);
}

std::map<std::string, Holds> answers_of(const std::string& text) {
  const auto loaded = load_history_text(text);
  const Report report = check_history(std::get<History>(loaded));
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  std::map<std::string, Holds> answers;
  for (const ConsistencyAnswer& answer : report.weaker.at(0).answers) {
    answers[std::string(answer.question)] = answer.holds;
  }
  return answers;
}

TEST(Weaker, ReaderBehind_KeepsItsOwnOrder) {
  auto answers = answers_of(write(1, 1) + write(1, 2) + read(2, "1") + read(2, "2"));
  EXPECT_EQ(answers["sequential"], Holds::kYes);
  EXPECT_EQ(answers["2-atomic"], Holds::kYes);
  EXPECT_EQ(answers["monotonic-reads"], Holds::kYes);
  EXPECT_EQ(answers["read-your-writes"], Holds::kYes);
  EXPECT_EQ(answers["fresh-reads"], Holds::kNo);
}

TEST(Weaker, TwoVersionsBehind_IsNotTwoAtomic) {
  auto answers = answers_of(write(1, 1) + write(1, 2) + write(1, 3) + read(2, "1"));
  EXPECT_EQ(answers["2-atomic"], Holds::kNo);
  EXPECT_EQ(answers["sequential"], Holds::kYes);
}

TEST(Weaker, GoingBack_IsNotMonotonic) {
  auto answers = answers_of(write(1, 1) + write(1, 2) + read(2, "2") + read(2, "1"));
  EXPECT_EQ(answers["monotonic-reads"], Holds::kNo);
  EXPECT_EQ(answers["sequential"], Holds::kNo);
}

TEST(Weaker, MissingOnesOwnWrite_BreaksReadYourWrites) {
  auto answers = answers_of(write(1, 1) + write(2, 2) + read(2, "1"));
  EXPECT_EQ(answers["read-your-writes"], Holds::kNo);
  EXPECT_EQ(answers["monotonic-reads"], Holds::kYes);
}

TEST(Weaker, OtherModels_AreUnknown) {
  const std::string text = event(1, "invoke", "append", "1") + event(1, "ok", "append", "1") +
                           event(1, "invoke", "read", "null") + event(1, "ok", "read", "[]");
  EXPECT_EQ(answers_of(text)["sequential"], Holds::kUnknown);
}

// All orders of few operations, under a weaker rule of what may come next and what a read may see.
class Exhaustive {
 public:
  Exhaustive(const KeyProblem& problem, bool real_time, std::size_t depth)
      : problem_(problem), real_time_(real_time), depth_(depth) {}

  bool legal() { return search(0, {problem_.initial}); }

 private:
  bool search(std::uint64_t done, std::vector<ValueId> last) {
    const auto& operations = problem_.operations;
    bool all = true;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      if (((done >> i) & 1) != 0) continue;
      all = all && !operations[i].required;
    }
    if (all) return true;
    if (!seen_.emplace(done, last).second) return false;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      if (((done >> i) & 1) != 0 || !may_be_next(done, i)) continue;
      const ValueId seen = operations[i].observed;
      if (seen != kNoValue && std::find(last.begin(), last.end(), seen) == last.end()) continue;
      std::vector<ValueId> after = last;
      if (operations[i].written != kNoValue) {
        after.insert(after.begin(), operations[i].written);
        if (after.size() > depth_) after.pop_back();
      }
      if (search(done | std::uint64_t{1} << i, after)) return true;
    }
    return false;
  }

  bool may_be_next(std::uint64_t done, std::size_t candidate) const {
    const auto& operations = problem_.operations;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      if (((done >> i) & 1) != 0 || i == candidate || !operations[i].required) continue;
      const bool same =
          problem_.source(operations[i]).process == problem_.source(operations[candidate]).process;
      const bool before = operations[i].complete < operations[candidate].invoke;
      if (before && (real_time_ || same)) return false;
    }
    return true;
  }

  const KeyProblem& problem_;
  bool real_time_;
  std::size_t depth_;
  std::set<std::pair<std::uint64_t, std::vector<ValueId>>> seen_;
};

void agree(const std::string& question, const std::string& model, bool real_time,
           std::size_t depth) {
  const ConsistencyModel* asked = nullptr;
  for (const ConsistencyModel* one : list_weaker_models()) {
    if (one->name == question) asked = one;
  }
  int yes = 0;
  int no = 0;
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    Random random(seed);
    Simulation simulation{.model = model, .operations = 4 + random.below(7)};
    simulation.clients = 2 + random.below(3);
    simulation.wrong_percent = 40;
    const auto loaded = load_history_text(testing::Simulator(simulation, random).run());
    const History& history = std::get<History>(loaded);
    KeyProblem problem{history, *find_model(model), 0, kNullValue};
    ASSERT_FALSE(decode_key(problem, {}));
    const Budget budget(std::chrono::seconds(10), std::uint64_t{1} << 30);
    const ConsistencyAnswer answer = asked->ask(problem, budget);
    if (answer.holds == Holds::kUnknown) continue;  // a read returned a value that was not written
    const bool legal = Exhaustive(problem, real_time, depth).legal();
    ASSERT_EQ(answer.holds == Holds::kYes, legal) << question << ", seed " << seed;
    ++(legal ? yes : no);
  }
  EXPECT_GT(yes, 100);
  EXPECT_GT(no, 100);
}

TEST(WeakerRandom, SequentialConsistency_AgreesWithBruteForce) {
  agree("sequential", "register", false, 1);
  agree("sequential", "cas-register", false, 1);
}

TEST(WeakerRandom, TwoAtomicity_AgreesWithBruteForce) {
  agree("2-atomic", "register", true, 2);
}

}  // namespace
}  // namespace capsize::checker
