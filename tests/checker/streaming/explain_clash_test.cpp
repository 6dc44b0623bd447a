// What following shows of a violation is what the plain check shows of the same events.
#include "checker/streaming/explain_clash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>
#include "base/json.h"

#include "checker/check/check.h"
#include "checker/generate/generator.h"
#include "checker/streaming/streaming_check.h"
#include "tests/checker/simulated_history.h"

namespace capsize::checker {
namespace {

using testing::Random;
using testing::Simulation;
using Json = base::Json;

Report follow_text(const std::string& text) {
  LineReader lines = LineReader::of_text(text);
  return follow(lines, "test.jsonl", {});
}

Report check_text(const std::string& text) {
  return check_history(std::get<History>(load_history_text(text)), {.model = "cas-register"});
}

// The header and the events up to the given one.
std::string prefix_of(const std::string& text, std::uint64_t last_index) {
  std::istringstream lines(text);
  std::string prefix, line;
  for (std::uint64_t count = 0; count < last_index + 2 && std::getline(lines, line); ++count) {
    prefix += line + "\n";
  }
  return prefix;
}

std::string text_of(const std::vector<OperationView>& operations) {
  std::map<std::uint64_t, Json> events;
  for (const OperationView& one : operations) {
    Json event = {{"process", one.process}, {"type", "invoke"}, {"f", one.function}};
    event["key"] = "k";
    event["value"] = one.function == "read" ? Json() : Json::parse(one.value);
    events[one.index] = event;
    if (!one.complete_index) continue;
    event["type"] = name(one.outcome);
    event["value"] = Json::parse(one.value);
    events[*one.complete_index] = event;
  }
  std::string text;
  for (const auto& [index, event] : events) text += event.dump() + "\n";
  return text;
}

std::optional<Json> written(const OperationView& one) {
  if (one.function == "read") return std::nullopt;
  const Json value = Json::parse(one.value);
  return one.function == "cas" ? value[1] : value;
}

// Without one operation, its observers, theirs, and so on: else those would be
// violations of another kind.
std::vector<OperationView> without(std::vector<OperationView> operations, std::size_t place) {
  std::vector<Json> gone;
  const auto leave_out = [&](std::size_t i) {
    if (const auto value = written(operations[i])) gone.push_back(*value);
    operations.erase(operations.begin() + static_cast<std::ptrdiff_t>(i));
  };
  leave_out(place);
  for (std::size_t i = 0; i < operations.size();) {
    const Json value = Json::parse(operations[i].value);
    const bool observes = operations[i].function != "write";
    const Json seen = operations[i].function == "cas" ? value[0] : value;
    if (observes && std::find(gone.begin(), gone.end(), seen) != gone.end()) {
      leave_out(i);
      i = 0;
    } else {
      ++i;
    }
  }
  return operations;
}

struct Tally {
  int violations = 0;
  int same_name = 0;
  int same_sentence = 0;
};

// Against the plain check of the same prefix: what comes later may make a stale read a lost write.
// The sentence may name another one of several newer values, since not all are remembered; with cas
// that may even change the name.
void compare(const std::string& text, bool cas, Tally& tally) {
  const Report followed = follow_text(text);
  if (followed.verdict != Verdict::kInvalid) return;
  ++tally.violations;
  const Violation& shown = followed.violations.at(0);
  std::uint64_t last = 0;
  for (const OperationView& one : shown.operations) {
    last = std::max(last, one.complete_index.value_or(0));
  }
  const Report checked = check_text(prefix_of(text, last));
  ASSERT_EQ(checked.verdict, Verdict::kInvalid) << shown.sentence;
  const Violation& plain = checked.violations.at(0);
  tally.same_name += shown.anomaly == plain.anomaly;
  tally.same_sentence += shown.sentence == plain.sentence;
  if (!cas) {
    ASSERT_LE(shown.operations.size(), 6U) << shown.sentence;
  }
  if (shown.anomaly == Anomaly::kGarbageRead) {
    ASSERT_EQ(shown.operations.size(), 1U);
    return;
  }
  ASSERT_EQ(check_text(text_of(shown.operations)).verdict, Verdict::kInvalid)
      << shown.sentence << "\n"
      << text_of(shown.operations);
  for (std::size_t i = 0; i < shown.operations.size(); ++i) {
    ASSERT_NE(check_text(text_of(without(shown.operations, i))).verdict, Verdict::kInvalid)
        << shown.sentence << ", without " << i << "\n"
        << text_of(shown.operations);
  }
}

GenerateOptions options_of(const char* anomaly, std::uint64_t seed) {
  GenerateOptions options;
  options.operations = 300;
  options.clients = 10;
  options.indeterminate = 0.02;
  options.failed = 0.05;
  options.anomaly = anomaly;
  options.seed = seed;
  return options;
}

TEST(StreamExplains, InjectedAnomalies_AsThePlainCheckDoes) {
  for (const char* anomaly : {"stale-read", "lost-write", "unwritten-read", "aborted-read"}) {
    Tally tally;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
      std::string text;
      generate(options_of(anomaly, seed), [&](std::string_view line) { text += line; });
      ASSERT_NO_FATAL_FAILURE(compare(text, false, tally)) << anomaly << ", seed " << seed;
    }
    EXPECT_GT(tally.violations, 40) << anomaly;
    EXPECT_EQ(tally.same_name, tally.violations) << anomaly;
    // Never written, or written and forgotten long ago: following cannot tell, and says so.
    if (std::string_view(anomaly) == "unwritten-read") continue;
    EXPECT_GE(10 * tally.same_sentence, 8 * tally.violations) << anomaly;
  }
}

TEST(StreamExplains, RandomHistories_AsThePlainCheckDoes) {
  for (const bool cas : {false, true}) {
    Tally tally;
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
      Random random(seed);
      Simulation simulation{.model = cas ? "cas-register" : "register"};
      simulation.operations = 10 + random.below(60);
      simulation.clients = 2 + random.below(8);
      simulation.wrong_percent = 6;
      simulation.failed_percent = 10;
      const std::string text = testing::Simulator(simulation, random).run();
      ASSERT_NO_FATAL_FAILURE(compare(text, cas, tally)) << "seed " << seed;
    }
    EXPECT_GT(tally.violations, 100);
    EXPECT_GE(100 * tally.same_name, 98 * tally.violations);
    EXPECT_GE(10 * tally.same_sentence, 8 * tally.violations);
  }
}

std::string event(int process, const char* type, const char* f, const Json& value) {
  return Json({{"process", process}, {"type", type}, {"f", f}, {"value", value}}).dump() + "\n";
}

// The value 1 is forgotten at once when process 3 is done. That 2 is newer, only the read of
// process 2 shows: it was over before 2 was written.
TEST(StreamExplains, ReaderOfForgottenValue_IsRemembered) {
  std::string text;
  for (int i = 0; i < 12; ++i) {
    text += event(6, "invoke", "read", {}) + event(6, "ok", "read", {});
  }
  for (const int process : {2, 3}) text += event(process, "invoke", "read", {});
  text += event(1, "invoke", "write", 1) + event(4, "invoke", "write", 7);
  text += event(4, "ok", "write", 7) + event(2, "ok", "read", 1);
  text += event(4, "invoke", "write", 2) + event(4, "ok", "write", 2);
  text += event(3, "ok", "read", 1);
  text += event(5, "invoke", "read", {}) + event(5, "ok", "read", 1);
  const Report followed = follow_text(text);
  ASSERT_EQ(followed.verdict, Verdict::kInvalid);
  EXPECT_EQ(followed.violations.at(0).operations.size(), 4U);
  EXPECT_EQ(followed.reason, check_text(text).reason);
}

TEST(StreamExplains, ChainOfMoreCasThanAreRemembered_IsReportedAsTheStreamFoundIt) {
  std::string text;
  const auto call = [&text](int process, const char* f, const Json& asked, const Json& got) {
    text += event(process, "invoke", f, asked) + event(process, "ok", f, got);
  };
  call(1, "write", 0, 0);
  const int last = 3 * static_cast<int>(StreamedRegister::kRememberedMax);
  for (int i = 0; i < last; ++i) call(1, "cas", {i, i + 1}, {i, i + 1});
  call(2, "read", {}, last - 3);
  const Report report = follow_text(text);
  ASSERT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_EQ(report.violations.at(0).anomaly, Anomaly::kStaleOrLost);
  EXPECT_LE(report.violations.at(0).operations.size(), 3U);
}

}  // namespace
}  // namespace capsize::checker
