#include "checker/generate/generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>

#include "checker/check/check.h"

namespace capsize::checker {
namespace {

struct Made {
  std::string text;
  Generated generated;
  Report report;
};

Made make(const GenerateOptions& options) {
  Made made;
  made.generated = generate(options, [&](std::string_view line) { made.text += line; });
  const LoadResult loaded = load_history_text(made.text);
  EXPECT_TRUE(std::holds_alternative<History>(loaded)) << "seed " << options.seed;
  CheckOptions check;
  if (options.anomaly == "failed-cas") check.failed_cas = FailedCas::kObserves;
  if (const auto* history = std::get_if<History>(&loaded)) {
    made.report = check_history(*history, check);
  }
  return made;
}

GenerateOptions shape(std::uint64_t seed) {
  return {.operations = 300,
          .clients = static_cast<std::uint32_t>(1 + seed % 8),
          .keys = static_cast<std::uint32_t>(1 + seed % 3),
          .indeterminate = 0.05,
          .failed = 0.05,
          .seed = seed};
}

/// What the events with these indexes, and their completions, are by themselves.
std::string only(const std::string& text, const std::vector<std::uint64_t>& invocations) {
  std::istringstream lines(text);
  std::string line, kept;
  std::set<std::string> processes;
  std::getline(lines, kept);
  kept += '\n';
  for (std::uint64_t index = 0; std::getline(lines, line); ++index) {
    const std::string process = line.substr(line.find("\"process\""), 14);
    const bool invokes = line.find("\"invoke\"") != std::string::npos;
    const bool wanted =
        invokes ? std::find(invocations.begin(), invocations.end(), index) != invocations.end()
                : processes.contains(process);
    if (invokes && wanted) processes.insert(process);
    if (!invokes) processes.erase(process);
    if (wanted) kept += line + "\n";
  }
  return kept;
}

TEST(Generator, WithoutAnomaly_IsLinearizable) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    GenerateOptions options = shape(seed);
    if (seed % 2 == 0) options.cas = 0.2;
    if (seed % 4 == 0) options.values = 5;
    const Made made = make(options);
    ASSERT_EQ(made.report.verdict, Verdict::kValid)
        << "seed " << seed << ": " << made.report.reason;
    ASSERT_EQ(made.report.counts.operations, options.operations);
  }
}

TEST(Generator, Anomaly_IsFoundUnderItsName) {
  const std::pair<const char*, Anomaly> kinds[] = {{"stale-read", Anomaly::kStaleRead},
                                                   {"unwritten-read", Anomaly::kGarbageRead},
                                                   {"aborted-read", Anomaly::kAbortedRead},
                                                   {"lost-write", Anomaly::kLostWrite}};
  for (const auto& [injected, anomaly] : kinds) {
    int found = 0;
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      GenerateOptions options = shape(seed);
      options.anomaly = injected;
      const Made made = make(options);
      if (made.generated.counterexample.empty()) continue;
      ++found;
      ASSERT_EQ(made.report.verdict, Verdict::kInvalid) << "seed " << seed;
      const Anomaly named = made.report.violations.at(0).anomaly;
      // Where no later operation shows which of the two it was, the explanation says so.
      const auto is_late = [](Anomaly one) {
        return one == Anomaly::kStaleRead || one == Anomaly::kLostWrite ||
               one == Anomaly::kStaleOrLost;
      };
      ASSERT_TRUE(named == anomaly || (is_late(named) && is_late(anomaly)))
          << "seed " << seed << ": " << name(named);
    }
    EXPECT_GT(found, 40) << name(anomaly);
  }
}

TEST(Generator, LostUpdate_IsNamedWhateverTheShareOfCas) {
  for (const char* model : {"cas-register", "kv"}) {
    int found = 0;
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      GenerateOptions options = shape(seed);
      options.model = model;
      options.anomaly = "lost-update";
      options.cas = 0.1 * static_cast<double>(seed % 6);
      const Made made = make(options);
      if (made.generated.counterexample.empty()) continue;
      ++found;
      ASSERT_EQ(made.report.verdict, Verdict::kInvalid) << "seed " << seed;
      ASSERT_EQ(made.report.violations.at(0).anomaly, Anomaly::kLostUpdate) << "seed " << seed;
      // The counterexample is the proof, the origin of what both expected included.
      const auto part = load_history_text(only(made.text, made.generated.counterexample));
      const Report alone = check_history(std::get<History>(part));
      ASSERT_EQ(alone.verdict, Verdict::kInvalid) << "seed " << seed;
      ASSERT_EQ(alone.violations.at(0).anomaly, Anomaly::kLostUpdate) << "seed " << seed;
      ASSERT_EQ(alone.counts.operations, made.generated.counterexample.size()) << "seed " << seed;
    }
    EXPECT_GT(found, 40) << model;
  }
}

TEST(Generator, SameSeed_GivesTheSameHistory) {
  EXPECT_EQ(make(shape(7)).text, make(shape(7)).text);
  EXPECT_NE(make(shape(7)).text, make(shape(8)).text);
}

std::string problem(const GenerateOptions& options) {
  return problem_of(options).value_or("none");
}

TEST(Generator, OptionsThatMakeNothingCertain_AreRefused) {
  EXPECT_EQ(problem({.values = 3, .anomaly = "stale-read"}),
            "anomaly: stale-read is certain only with different values and without cas");
  EXPECT_EQ(problem({.values = 3}), "none");
  EXPECT_EQ(problem({.model = "kv", .cas = 0.2, .values = 3, .anomaly = "lost-update"}),
            "anomaly: lost-update is certain only with different values");
  EXPECT_EQ(problem({.model = "kv", .cas = 0.2, .anomaly = "lost-update"}), "none");
  EXPECT_EQ(problem({.anomaly = "lost-update"}),
            "anomaly: found 'lost-update', expected for register one of stale-read, "
            "unwritten-read, aborted-read, lost-write, lagging-reads, read-before-write, "
            "initial-value");
  EXPECT_EQ(problem({.cas = 0.2, .values = 3, .anomaly = "unwritten-read"}), "none");
  EXPECT_EQ(problem({.model = "list", .values = 3, .anomaly = "stale-read"}),
            "anomaly: certain only with different values");
}

TEST(Generator, OptionsOutOfBounds_AreRefused) {
  EXPECT_NE(problem({.reads = 0.8, .cas = 0.3}), "none");
  EXPECT_NE(problem({.reads = std::nan("")}), "none");
  EXPECT_NE(problem({.keys = 0}), "none");
  EXPECT_EQ(problem({.model = "heap"}).find("model: found 'heap', expected one of "), 0U);
  EXPECT_EQ(problem({.model = "counter", .anomaly = "lost-element"}),
            "anomaly: found 'lost-element', expected for counter one of stale-read, "
            "unwritten-read, lost-write");
  EXPECT_EQ(problem({.model = "set", .cas = 0.1}), "cas: set has none");
  EXPECT_EQ(problem({.model = "set", .operations = 30'000, .keys = 2}),
            "operations: at most 10000 a key, as each read of a set shows all of it");
}

TEST(Generator, EveryModel_WithoutAnomalyIsLinearizable) {
  for (const std::string_view model : generated_models()) {
    for (std::uint64_t seed = 1; seed <= 9; ++seed) {
      GenerateOptions options = shape(seed);
      options.model = model;
      options.reads = 0.2 + 0.1 * static_cast<double>(seed % 5);
      if (seed % 3 == 0) options.values = 4;
      if (seed % 3 == 0) options.operations = 24;  // few values are hard to search
      const Made made = make(options);
      ASSERT_EQ(made.report.verdict, Verdict::kValid)
          << model << ", seed " << seed << ": " << made.report.reason;
      ASSERT_EQ(made.report.model, model);
      ASSERT_EQ(made.report.counts.operations, options.operations);
    }
  }
}

TEST(Generator, EveryAnomalyOfEveryModel_IsAViolationThatItsCounterexampleesShow) {
  for (const std::string_view model : generated_models()) {
    for (const std::string_view anomaly : anomalies_of(model)) {
      int found = 0;
      for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        GenerateOptions options = shape(seed);
        options.model = model;
        options.anomaly = anomaly;
        if (anomaly == "failed-cas") options.indeterminate = 0;
        const Made made = make(options);
        if (made.generated.counterexample.empty()) continue;
        ++found;
        ASSERT_EQ(made.report.verdict, Verdict::kInvalid)
            << model << ", " << anomaly << ", seed " << seed;
        for (const std::uint64_t index : made.generated.counterexample) {
          ASSERT_LT(index, made.generated.events);
        }
        if (model != "fifo-queue" && model != "stack" && model.find("r") != 0) continue;
        // Of registers, queues and stacks, the named operations are the proof, and no other is
        // needed.
        const auto part = load_history_text(only(made.text, made.generated.counterexample));
        const CheckOptions check{.failed_cas = anomaly == "failed-cas" ? FailedCas::kObserves
                                                                       : FailedCas::kIgnored};
        ASSERT_EQ(check_history(std::get<History>(part), check).verdict, Verdict::kInvalid)
            << model << ", " << anomaly << ", seed " << seed << "\n"
            << only(made.text, made.generated.counterexample);
      }
      EXPECT_GT(found, 4) << model << ", " << anomaly;
    }
  }
}

// Eighty clients, twenty values: more orders than a search can try. What is asserted is generous,
// as machines are slow at times; scripts/bench-checker measures.
TEST(Generator, HardHistory_EndsAtItsBoundAndSaysWhere) {
  std::string text;
  generate({.operations = 30'000,
            .clients = 80,
            .reads = 0.4,
            .cas = 0.3,
            .indeterminate = 0.05,
            .values = 20,
            .seed = 5},
           [&](std::string_view line) { text += line; });
  const CheckOptions options{.model = "cas-register",
                             .time_limit = std::chrono::milliseconds(500),
                             .memory_limit_bytes = std::uint64_t{24} << 20};
  const LoadResult loaded = load_history_text(text);
  const auto begin = std::chrono::steady_clock::now();
  const Report report = check_history(std::get<History>(loaded), options);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  EXPECT_EQ(report.verdict, Verdict::kUnknown) << report.reason;
  for (const char* part : {"key k0", "bound", "index", "operations are open", "indeterminate"}) {
    EXPECT_NE(report.reason.find(part), std::string::npos) << report.reason;
  }
}

}  // namespace
}  // namespace capsize::checker
