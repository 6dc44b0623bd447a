// Streaming check: at every moment the verdict of the plain check on the completed prefix, in
// memory for the open operations only.
#include "checker/streaming/streaming_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "checker/check/check.h"
#include "checker/generate/generator.h"
#include "checker/streaming/streamed_register.h"
#include "tests/checker/simulated_history.h"

namespace capsize::checker {
namespace {

using ::testing::HasSubstr;
using testing::Random;
using testing::Simulation;

Report follow_text(const std::string& text, const FollowOptions& options = {}) {
  LineReader lines = LineReader::of_text(text);
  return follow(lines, "test.jsonl", options);
}

Verdict check_text(const std::string& text) {
  return check_history(std::get<History>(load_history_text(text))).verdict;
}

std::string event(int process, const char* type, const char* f, const std::string& value) {
  return R"({"process":)" + std::to_string(process) + R"(,"type":")" + type + R"(","f":")" + f +
         R"(","value":)" + value + "}\n";
}
std::string call(int process, const char* f, const std::string& asked, const std::string& got) {
  return event(process, "invoke", f, asked) + event(process, "ok", f, got);
}

// The first prefix, in lines, whose completed operations have no legal order; 0: none. What
// continues from one that has none has none either, so halving finds it.
std::size_t first_violation(const std::string& text) {
  std::istringstream lines(text);
  std::string line, prefix;
  std::vector<std::string> prefixes = {""};
  while (std::getline(lines, line)) prefixes.push_back(prefix += line + "\n");
  const auto first = std::partition_point(
      prefixes.begin() + 1, prefixes.end(),
      [](const std::string& legal) { return check_text(legal) != Verdict::kInvalid; });
  return first == prefixes.end() ? 0 : static_cast<std::size_t>(first - prefixes.begin());
}

TEST(FollowRandom, FindsEachViolationAtTheEventThatCompletesIt) {
  int violations = 0;
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    Random random(seed);
    Simulation simulation{.model = random.chance(60) ? "cas-register" : "register"};
    simulation.operations = 5 + random.below(30);
    simulation.clients = 1 + random.below(5);
    simulation.wrong_percent = random.chance(60) ? 6 : 0;
    simulation.failed_percent = 10;
    const std::string text = testing::Simulator(simulation, random).run();
    const Report report = follow_text(text);
    const std::size_t expected = first_violation(text);
    ASSERT_EQ(report.verdict, expected == 0 ? Verdict::kValid : Verdict::kInvalid)
        << "seed " << seed << ": " << report.reason << "\n"
        << text;
    if (expected == 0) continue;
    ++violations;
    // The line before is still legal to it, too.
    std::istringstream lines(text);
    std::string line, prefix;
    for (std::size_t count = 1; count < expected && std::getline(lines, line); ++count) {
      prefix += line + "\n";
    }
    ASSERT_NE(follow_text(prefix).verdict, Verdict::kInvalid) << "seed " << seed;
  }
  EXPECT_GT(violations, 100);
}

TEST(StreamingCheck, LongHistory_UsesLittleMemory) {
  StreamedRegister values("null");
  std::uint64_t now = 0;
  StreamedOperation indeterminate{.function = kWrite, .written = "-1"};
  indeterminate.invoke = ++now;
  ASSERT_FALSE(values.invoke(indeterminate));
  values.info(indeterminate);
  for (int i = 0; i < 20'000; ++i) {
    StreamedOperation write{.function = kWrite, .written = std::to_string(i)};
    write.invoke = ++now;
    ASSERT_FALSE(values.invoke(write));
    StreamedOperation read{.observed = {}};
    read.invoke = ++now;
    ASSERT_FALSE(values.invoke(read));
    write.complete = ++now;
    ASSERT_FALSE(values.ok(write));
    read.observed = std::to_string(i);
    read.complete = ++now;
    ASSERT_FALSE(values.ok(read));
  }
  EXPECT_LT(values.size(), 200U);
}

TEST(StreamingCheck, GeneratedHistories_AreJudgedAsTheyAreMade) {
  for (const char* anomaly : {"", "stale-read", "unwritten-read", "aborted-read", "lost-write"}) {
    GenerateOptions options;
    options.operations = 3000;
    options.keys = 3;
    options.indeterminate = 0.05;
    options.failed = 0.05;
    options.anomaly = anomaly;
    std::string text;
    generate(options, [&](std::string_view line) { text += line; });
    const Report report = follow_text(text);
    EXPECT_EQ(report.verdict, options.anomaly.empty() ? Verdict::kValid : Verdict::kInvalid);
    EXPECT_EQ(report.counts.operations > 0, true);
  }
}

TEST(StreamingCheck, StaleRead_IsExplainedWithAllWriters) {
  const Report report = follow_text(call(1, "write", "1", "1") + call(2, "write", "2", "2") +
                                    call(2, "read", "null", "2") + call(3, "read", "null", "1"));
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_THAT(report.reason, HasSubstr("read by process 3 returned 1, after"));
  EXPECT_THAT(report.reason, HasSubstr("a stale read"));
  EXPECT_EQ(report.violations.at(0).operations.front().value, "1");
}

TEST(StreamingCheck, WhatCannotBeFollowed_IsRefusedWithItsLine) {
  const Report other = follow_text(call(1, "enqueue", "1", "1"));
  EXPECT_EQ(other.verdict, Verdict::kUsageError);
  EXPECT_THAT(other.reason, HasSubstr("only registers can be followed"));
  const Report twice =
      follow_text(event(1, "invoke", "read", "null") + event(1, "invoke", "read", "null"));
  EXPECT_THAT(twice.reason, HasSubstr("test.jsonl:2"));
  EXPECT_EQ(follow_text("").verdict, Verdict::kVacuous);
}

TEST(StreamingCheck, ValueWrittenTwiceWhileItMayBeRead_IsUnknown) {
  const Report report =
      follow_text(event(1, "invoke", "write", "5") + event(2, "invoke", "write", "5"));
  EXPECT_EQ(report.verdict, Verdict::kUnknown);
  EXPECT_THAT(report.reason, HasSubstr("value 5 is written again"));
}

TEST(StreamingCheck, MemoryBound_IsNamed) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += event(i, "invoke", "write", std::to_string(i));
  const Report report = follow_text(text, {.memory_limit_bytes = 100'000});
  EXPECT_EQ(report.verdict, Verdict::kUnknown);
  EXPECT_THAT(report.reason, HasSubstr("memory bound"));
}

TEST(StreamingCheck, LinesFromTheCaller_GiveTheVerdictOfEachPrefix) {
  const std::string text = call(1, "write", "1", "1") + event(2, "invoke", "read", "null") +
                           call(1, "write", "2", "2") + event(2, "ok", "read", "1") +
                           call(3, "read", "null", "2") + call(3, "read", "null", "1") +
                           call(3, "read", "null", "2");
  StreamingCheck check("test.jsonl", "jsonl", {});
  EXPECT_EQ(check.so_far().verdict, Verdict::kVacuous);
  bool undecided = true;
  for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end) {
    end = text.find('\n', begin) + 1;
    undecided = check.take(std::string_view(text).substr(begin, end - begin));
    const Report whole = follow_text(text.substr(0, end));
    EXPECT_EQ(check.so_far().verdict, whole.verdict) << text.substr(0, end);
    EXPECT_EQ(check.so_far().counts.info, whole.counts.info);
    EXPECT_EQ(check.so_far().reason, whole.reason);
  }
  EXPECT_FALSE(undecided);
  EXPECT_EQ(check.so_far().verdict, Verdict::kInvalid);
}

TEST(StreamingCheck, MalformedLineFromTheCaller_IsNamedByItsNumberInTheFile) {
  StreamingCheck check("test.jsonl", "jsonl", {});
  EXPECT_TRUE(check.take(call(1, "write", "1", "1")));
  EXPECT_FALSE(check.take("nonsense\n"));
  EXPECT_EQ(check.so_far().verdict, Verdict::kUsageError);
  EXPECT_EQ(check.so_far().malformed->line, 3U);
}

}  // namespace
}  // namespace capsize::checker
