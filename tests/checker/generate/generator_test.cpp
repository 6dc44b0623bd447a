#include "checker/generate/generator.h"

#include <gtest/gtest.h>

#include "checker/check.h"

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
  if (const auto* history = std::get_if<History>(&loaded)) made.report = check_history(*history);
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
  const std::pair<InjectedAnomaly, Anomaly> kinds[] = {
      {InjectedAnomaly::kStaleRead, Anomaly::kStaleRead},
      {InjectedAnomaly::kUnwrittenRead, Anomaly::kUnwrittenRead},
      {InjectedAnomaly::kAbortedRead, Anomaly::kAbortedRead},
      {InjectedAnomaly::kLostWrite, Anomaly::kLostWrite}};
  for (const auto& [injected, anomaly] : kinds) {
    int found = 0;
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      GenerateOptions options = shape(seed);
      options.anomaly = injected;
      const Made made = make(options);
      if (made.generated.witness.empty()) continue;
      ++found;
      ASSERT_EQ(made.report.verdict, Verdict::kInvalid) << "seed " << seed;
      const Anomaly named = made.report.violations.at(0).anomaly;
      // What nobody ever saw again was lost rather than overlooked, and what somebody saw who had
      // begun to read before looks overlooked: that is for the explanation to say.
      const auto is_late = [](Anomaly one) {
        return one == Anomaly::kStaleRead || one == Anomaly::kLostWrite;
      };
      ASSERT_TRUE(named == anomaly || (is_late(named) && is_late(anomaly)))
          << "seed " << seed << ": " << name(named);
    }
    EXPECT_GT(found, 40) << name(anomaly);
  }
}

TEST(Generator, SameSeed_GivesTheSameHistory) {
  EXPECT_EQ(make(shape(7)).text, make(shape(7)).text);
  EXPECT_NE(make(shape(7)).text, make(shape(8)).text);
}

TEST(Generator, AnomalyWithFewValues_IsRefused) {
  EXPECT_TRUE(problem_of({.values = 3, .anomaly = InjectedAnomaly::kStaleRead}));
  EXPECT_FALSE(problem_of({.values = 3}));
  EXPECT_TRUE(problem_of({.reads = 0.8, .cas = 0.3}));
}

// Eighty clients, three values: more orders than anybody can try. What is asserted is generous, as
// machines are slow at times; scripts/bench-checker measures.
TEST(Generator, HardHistory_EndsAtItsBoundAndSaysWhere) {
  std::string text;
  generate({.operations = 30'000,
            .clients = 80,
            .reads = 0.4,
            .cas = 0.3,
            .indeterminate = 0.02,
            .values = 3,
            .seed = 5},
           [&](std::string_view line) { text += line; });
  const CheckOptions options{.model = "cas-register",
                             .time_limit = std::chrono::milliseconds(500),
                             .memory_limit_bytes = std::uint64_t{24} << 20};
  const LoadResult loaded = load_history_text(text);
  const auto begin = std::chrono::steady_clock::now();
  const Report report = check_history(std::get<History>(loaded), options);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  if (report.verdict == Verdict::kValid) GTEST_SKIP() << "too easy after all";
  EXPECT_EQ(report.verdict, Verdict::kUnknown) << report.reason;
  for (const char* part : {"key k0", "bound", "index", "operations are open", "indeterminate"}) {
    EXPECT_NE(report.reason.find(part), std::string::npos) << report.reason;
  }
}

}  // namespace
}  // namespace capsize::checker
