// Trends: series and their changes from ledgers, of older releases and hostile ones, too; and their
// forms.
#include "harness/trends/trends.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "harness/suite/ledger_writer.h"
#include "harness/trends/trends_report.h"
#include "tests/harness/suite_ledger.h"
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

using namespace testing_ledger;  // NOLINT: the vocabulary of these tests
using checker::Verdict;
using testing::HasSubstr;
using testing::Not;

const std::string kStale(16, 'a');

/// A night of November, from 1.
Execution night(int day, std::vector<LedgerRun> runs) {
  Execution execution = bare_execution("e" + std::to_string(day), std::move(runs));
  execution.started =
      "2026-11-" + std::string(day < 10 ? "0" : "") + std::to_string(day) + "T01:17:00Z";
  execution.revision = "r" + std::to_string(day);
  return execution;
}

LedgerRun measured(const std::string& id, double recovery_ms, double load_ms = 60'000) {
  LedgerRun each = run(id);
  each.faults = 10;
  each.measured = {.load_ms = load_ms,
                   .ok_per_second = 900.0,
                   .new_behaviours = 2.0,
                   .recovery = {{"kill", {5, {recovery_ms}}}}};
  return each;
}

const Series* find(const Trends& trends, Quantity quantity, const std::string& what = {}) {
  for (const Series& each : trends.series) {
    if (each.quantity == quantity && each.what == what) return &each;
  }
  return nullptr;
}

/// Twenty nights of four tests; from the 13th on recovery takes twice as long, and two tests fail.
Ledger worse_from_night_13() {
  std::vector<Execution> nights;
  for (int day = 1; day <= 20; ++day) {
    std::vector<LedgerRun> runs;
    for (int i = 0; i < 4; ++i) {
      LedgerRun each =
          measured("a/" + std::to_string(i), (day < 13 ? 400 : 800) + 3 * (day % 4) + i);
      if (day >= 13 && i < 2) {
        each.verdict = Verdict::kInvalid;
        each.failures = {failure(kStale)};
      }
      runs.push_back(each);
    }
    nights.push_back(night(day, std::move(runs)));
  }
  return ledger(std::move(nights));
}

TEST(Trends, LastingChange_IsMarkedWithItsNightRevisionAndLevels) {
  const Trends trends = trends_of(worse_from_night_13(), "nightly", 60);
  ASSERT_EQ(trends.nights.size(), 20U);
  for (const Series* series :
       {find(trends, Quantity::kRecovery, "kill"), find(trends, Quantity::kPassRate),
        find(trends, Quantity::kGroupRate, kStale)}) {
    ASSERT_NE(series, nullptr);
    ASSERT_EQ(series->changes.size(), 1U) << name(series->quantity);
    EXPECT_EQ(series->changes[0].first, 12U);
    EXPECT_EQ(series->changes[0].before, 11U);
    EXPECT_LE(series->changes[0].p, 0.01);
  }
  const TrendChange& rate = find(trends, Quantity::kGroupRate, kStale)->changes[0];
  EXPECT_EQ(rate.value_before, 0);
  EXPECT_EQ(rate.value_after, 0.5);
  EXPECT_EQ(find(trends, Quantity::kThroughput)->changes.size(), 0U);
  const auto& faults = find(trends, Quantity::kFaultRate)->values.front();
  ASSERT_TRUE(faults.has_value());
  EXPECT_DOUBLE_EQ(faults->value, 10);
  const std::string text = trends_text(trends, 80, false);
  EXPECT_THAT(text,
              HasSubstr("nightly: 20 nights from 2026-11-01 to 2026-11-20, 80 tests, 4 changes"));
  EXPECT_THAT(text, HasSubstr("  ▁▁▁▁▁▁▁▁▁▁▁▁████████\n              ^\n"
                              "  ^ 2026-11-13: 0 % -> 50 %, p "));
  EXPECT_THAT(text, HasSubstr(", r12 -> r13\n"));
}

TEST(Trends, RateOfAGroup_CountsTheRunsOfItsCases) {
  LedgerRun beside = failing("a/3", kStale);
  beside.verdict = Verdict::kHarnessError;
  const Trends trends = trends_of(
      ledger({night(1, {run("a/1"), failing("a/2", kStale), beside, broken("a/4", "overload", "x"),
                        run("b/1"), run("b/2")}),
              night(2, {run("b/1")}), night(3, {run("a/1", Verdict::kUnknown), run("a/2")})}),
      "nightly", 60);
  const Series* series = find(trends, Quantity::kGroupRate, kStale);
  ASSERT_NE(series, nullptr);
  ASSERT_TRUE(series->values[0].has_value());
  // Two valid or invalid runs of case a, and the harness error, which shows the failure.
  EXPECT_EQ(series->values[0]->count, 2U);
  EXPECT_EQ(series->values[0]->of, 3U);
  EXPECT_FALSE(series->values[1].has_value()) << "none of its cases ran";
  EXPECT_EQ(series->values[2]->count, 0U);
  EXPECT_EQ(series->values[2]->of, 2U);
  const Series* passed = find(trends, Quantity::kPassRate);
  EXPECT_EQ(passed->values[0]->count, 3U);
  EXPECT_EQ(passed->values[0]->of, 4U);
}

TEST(Trends, SeededBugsAndRepetitions_AreNoTests) {
  Execution only = night(2, {failing("a/1", kStale)});
  only.only = kStale;
  const Trends trends = trends_of(
      ledger({night(1, {run("a/1"), bug_control(Verdict::kInvalid)}), only}), "nightly", 60);
  EXPECT_EQ(trends.nights.size(), 1U);
  EXPECT_EQ(trends.only_executions, 1U);
  EXPECT_EQ(trends.tests(), 1U);
  EXPECT_EQ(find(trends, Quantity::kGroupRate, kStale), nullptr);
}

TEST(Trends, MedianOfANight_WeighsRunsByTheirFaults) {
  LedgerRun many = measured("a/1", 900);
  many.measured.recovery["kill"].faults = 50;
  const Trends trends = trends_of(
      ledger({night(1, {many, measured("a/2", 100), measured("a/3", 200), measured("a/4", 300)}),
              night(2, {measured("a/1", 100), measured("a/2", 300)})}),
      "nightly", 60);
  const Series* series = find(trends, Quantity::kRecovery, "kill");
  EXPECT_EQ(series->values[0]->value, 900);
  EXPECT_EQ(series->values[0]->count, 65U);
  EXPECT_EQ(series->values[1]->value, 200);
}

TEST(Trends, SlowRecoveries_AreNotHiddenByTheMedian) {
  // One fault in five hits the leader.
  LedgerRun each = measured("a/1", 0);
  each.measured.recovery["kill"] = {10, {2, 2, 2, 2, 3, 3, 3, 3, 900, 950}};
  const Trends trends =
      trends_of(ledger({night(1, {each, each}), night(2, {measured("a/1", 5)})}), "nightly", 60);
  EXPECT_EQ(find(trends, Quantity::kRecovery, "kill")->values[0]->value, 3);
  const Series* slow = find(trends, Quantity::kSlowRecovery, "kill");
  ASSERT_NE(slow, nullptr);
  EXPECT_EQ(slow->values[0]->value, 925);
  EXPECT_EQ(slow->values[0]->count, 20U);
  EXPECT_FALSE(slow->values[1].has_value()) << "five faults have no slowest tenth";
}

TEST(Trends, NightsOfAnOlderRelease_HaveNoValue_AndTheReportSaysSo) {
  const Trends trends =
      trends_of(ledger({night(1, {run("a/1")}), night(2, {measured("a/1", 400)})}), "nightly", 60);
  const Series* series = find(trends, Quantity::kRecovery, "kill");
  EXPECT_FALSE(series->values[0].has_value());
  EXPECT_EQ(series->values[1]->value, 400);
  const std::string text = trends_text(trends, 80, false);
  EXPECT_THAT(text,
              HasSubstr("recovery after kill: 400 ms (5 faults); no value in 1 night\n  ·█\n"));
  EXPECT_THAT(text, HasSubstr("1 test without recovery, throughput and faults a minute"));
  EXPECT_TRUE(trends_json({trends})["suites"][0]["series"][1]["values"][0].is_null());
}

TEST(Trends, LastNights_KeepTheirNumbers) {
  const Trends trends = trends_of(worse_from_night_13(), "nightly", 5);
  ASSERT_EQ(trends.nights.size(), 5U);
  EXPECT_EQ(trends.nights.front().number, 15U);
  EXPECT_EQ(trends.earlier_nights, 15U);
}

TEST(Trends, ShardsOfSeveralLedgers_AreOneNight_AndNoExecutionCountsTwice) {
  const TemporaryDirectory folder;
  const std::filesystem::path root(folder.path());
  const auto write = [&](const std::string& store, const std::vector<Execution>& executions) {
    auto writer = LedgerWriter::open(root / store);
    ASSERT_TRUE(writer.ok());
    for (const Execution& each : executions) {
      ASSERT_TRUE(writer.value().begin(each));
      for (const LedgerRun& run : each.runs) ASSERT_TRUE(writer.value().finish(each.id, run));
      ASSERT_TRUE(writer.value().end(each));
    }
  };
  std::vector<Execution> shards;
  for (int i = 0; i < 4; ++i) {
    Execution shard = night(1 + i / 2, {measured("a/" + std::to_string(i), 400)});
    shard.id = "e" + std::to_string(i);
    shard.seed = static_cast<std::uint64_t>(1 + i / 2);
    shard.revision = "r";
    shard.shard = std::to_string(1 + i % 2) + "/2";
    shards.push_back(shard);
  }
  Execution killed = shards[1];  // as its ledger was before it was resumed
  killed.runs.clear();
  write("one", {shards[0], shards[2]});
  write("two", {shards[1], shards[3]});
  write("three", {shards[0], killed});
  const auto merged = read_ledgers({root / "one" / "ledger.jsonl", root / "three" / "ledger.jsonl",
                                    root / "two" / "ledger.jsonl"});
  ASSERT_TRUE(merged.ok()) << merged.error().message;
  EXPECT_EQ(merged.value().executions.size(), 4U);
  const Trends trends = trends_of(merged.value(), "nightly", 60);
  ASSERT_EQ(trends.nights.size(), 2U);
  EXPECT_TRUE(trends.nights[0].complete);
  EXPECT_EQ(trends.nights[0].tests, 2U);
  const auto missing = read_ledgers({root / "four"});
  ASSERT_FALSE(missing.ok());
  EXPECT_THAT(missing.error().message, HasSubstr("found no file, expected a ledger"));
}

TEST(Trends, HostileTexts_StayOnOneLineAndWithoutMarkup) {
  std::vector<Execution> nights;
  for (int day = 1; day <= 30; ++day) {
    std::vector<LedgerRun> runs;
    for (int i = 0; i < 20; ++i) {
      LedgerRun bad = failing(kHostile + "/" + std::to_string(i), std::to_string(i) + kHostile);
      bad.failures[0].label = kHostile;
      if (day < 15) bad.failures.clear();
      bad.faults = ~std::uint64_t{0};
      bad.measured = {.load_ms = 1e-9, .recovery = {{"kill", {1'000'000'000, {1e12}}}}};
      runs.push_back(bad);
    }
    Execution each = night(day, std::move(runs));
    each.suite = each.started = each.revision = kHostile;
    nights.push_back(each);
  }
  const Trends trends = trends_of(ledger(std::move(nights)), kHostile, 60);
  EXPECT_EQ(trends.groups_left_out, 9U);  // and one for runs without a failure
  const std::string text = trends_text(trends, 80, false);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\x01")));
  const std::string markdown = trends_markdown(trends);
  EXPECT_THAT(markdown, Not(HasSubstr("<script>")));
  EXPECT_THAT(markdown, Not(HasSubstr("@team")));
  EXPECT_LE(markdown.size(), 60'000U);
  EXPECT_FALSE(base::Json::parse(trends_json({trends}).dump()).is_invalid());
}

TEST(Trends, WithoutNights_SayThatInOneLine) {
  const Trends trends = trends_of(ledger({}), "nightly", 60);
  EXPECT_TRUE(trends.nights.empty());
  EXPECT_TRUE(trends.series.empty());
  EXPECT_THAT(trends_text(trends, 80, false), HasSubstr("nightly: 0 nights\n"));
  EXPECT_TRUE(suites_of(ledger({})).empty());
}

}  // namespace
}  // namespace capsize::harness
