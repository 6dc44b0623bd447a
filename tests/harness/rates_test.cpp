#include "harness/suite_report/rates.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/suite_report/rate_repeats.h"

#include "suite_ledger.h"

namespace capsize::harness {
namespace {

using namespace testing_ledger;
using checker::Verdict;

const std::string kA = "aaaaaaaaaaaaaaaa";
const std::string kB = "bbbbbbbbbbbbbbbb";
constexpr const char* kToday = "2026-12-01";

/// Runs of one case, of which the first ones failed.
std::vector<LedgerRun> runs_of(const std::string& name, std::size_t failed, std::size_t count,
                               const std::string& signature = kA) {
  std::vector<LedgerRun> runs;
  for (std::size_t number = 1; number <= count; ++number) {
    const std::string id = fmt::format("{}/{}", name, number);
    runs.push_back(number <= failed ? failing(id, signature) : run(id));
  }
  return runs;
}

void append(std::vector<LedgerRun>& runs, const std::vector<LedgerRun>& more) {
  runs.insert(runs.end(), more.begin(), more.end());
}

/// A night whose planned runs are the first `planned` ones.
Execution repeated(const std::string& id, std::vector<LedgerRun> runs, std::size_t planned) {
  Execution execution = bare_execution(id, std::move(runs));
  execution.rates = RateTest{.confirm = true};
  execution.repeats_from = planned;
  return execution;
}

/// Of the last execution.
Assessment assess_last(const Ledger& ledger, const std::vector<Mute>& mutes = {}) {
  return assess(ledger, {ledger.executions.back().id}, mutes, kToday);
}

GroupRate rate_in(const Ledger& ledger, const std::string& signature = kA) {
  const Assessment assessment = assess_last(ledger);
  const Group* group = assessment.group(signature);
  return group == nullptr || !group->rate ? GroupRate{} : *group->rate;
}

TEST(Rates, MoreFailures_AreWorse) {
  const auto rate =
      rate_in(ledger({execution("1", runs_of("a", 10, 500)), execution("2", runs_of("a", 20, 500)),
                      execution("3", runs_of("a", 15, 100))}));
  EXPECT_EQ(rate.verdict, RateVerdict::kWorse);
  EXPECT_EQ(rate.before.failed, 30U);
  EXPECT_EQ(rate.before.runs, 1000U);
  EXPECT_EQ(rate_sentence(rate),
            "worse: 15 of 100 runs failed (15 %, 95 % interval 8.6 to 24 %), before 30 of 1,000 "
            "(3.0 %); p = 0.0000017 after 1 look");
}

TEST(Rates, AboutAsManyFailures_AreNotShownToBeWorse) {
  const auto rate = rate_in(
      ledger({execution("1", runs_of("a", 30, 1000)), execution("2", runs_of("a", 1, 20))}));
  EXPECT_EQ(rate.verdict, RateVerdict::kNotShownWorse);
  EXPECT_EQ(rate_sentence(rate),
            "not shown to be worse: 1 of 20 runs failed (5.0 %, 95 % interval 0.13 to 25 %), "
            "before 30 of 1,000 (3.0 %); p = 0.38 after 1 look");
}

TEST(Rates, NewGroup_HasNoBaselineAndIsNoTest) {
  auto now = runs_of("a", 2, 10);
  now.back() = failing("a/10", kB);
  const Ledger both =
      ledger({execution("1", runs_of("a", 3, 100)), execution("2", std::move(now))});
  const auto rate = rate_in(both, kB);
  EXPECT_EQ(rate.verdict, RateVerdict::kNoBaseline);
  EXPECT_EQ(rate_sentence(rate),
            "1 of 10 runs failed (10 %, 95 % interval 0.25 to 45 %), 0 of 100 before");
  EXPECT_EQ(rate_in(both, kA).tests, 1U);
}

TEST(Rates, ChangedScenario_IsNotCompared) {
  auto before = runs_of("a", 3, 100);
  for (auto& each : before) each.parameters = {{"nodes", 3}};
  auto now = runs_of("a", 5, 10);
  for (auto& each : now) each.parameters = {{"nodes", 5}};
  const Ledger changed = ledger({execution("1", before), execution("2", now)});
  EXPECT_EQ(rate_in(changed).verdict, RateVerdict::kNoBaseline);
  EXPECT_EQ(rate_in(changed).before.runs, 0U);
  for (auto& each : now) each.parameters = {{"nodes", 3}};
  EXPECT_EQ(rate_in(ledger({execution("1", before), execution("2", now)})).verdict,
            RateVerdict::kWorse);
}

TEST(Rates, OnlyCasesInWhichTheGroupIsKnown_Count) {
  auto before = runs_of("a", 3, 100);
  append(before, runs_of("b", 0, 500));
  auto now = runs_of("a", 1, 10);
  append(now, runs_of("b", 2, 50));
  const auto rate = rate_in(ledger({execution("1", before), execution("2", now)}));
  EXPECT_EQ(rate.before.runs, 100U);
  EXPECT_EQ(rate.now.runs, 10U);
  EXPECT_EQ(rate.now.failed, 1U);
}

TEST(Rates, OnlyDecidedRuns_Count) {
  auto before = runs_of("a", 3, 100);
  for (int i = 0; i < 9; ++i) before.push_back(broken(fmt::format("a/b{}", i), "overload", "x"));
  auto now = runs_of("a", 1, 10);
  now.push_back(run("a/v", Verdict::kVacuous));
  now.push_back(run("a/u", Verdict::kUnknown));
  LedgerRun beside = broken("a/h", "overload", "x");
  beside.failures = {failure(kA)};
  now.push_back(beside);
  const auto rate = rate_in(ledger({execution("1", before), execution("2", now)}));
  EXPECT_EQ(rate.before.runs, 100U);
  EXPECT_EQ(rate.now.runs, 10U);
  EXPECT_EQ(rate.now.failed, 1U);
}

TEST(Rates, ControlsAndRepeatedGroups_DoNotCount) {
  Execution only = bare_execution("2", runs_of("a", 9, 9));
  only.only = kA;
  const auto rate = rate_in(
      ledger({execution("1", runs_of("a", 3, 100)), only, execution("3", runs_of("a", 1, 10))}));
  EXPECT_EQ(rate.before.runs, 100U);
  EXPECT_EQ(rate.tests, 1U) << "the group of the seeded bug is none";
}

TEST(Rates, FewEarlierRuns_SayNothing) {
  const auto rate =
      rate_in(ledger({execution("1", runs_of("a", 1, 2)), execution("2", runs_of("a", 3, 3))}));
  EXPECT_EQ(rate.verdict, RateVerdict::kTooFewBefore);
  EXPECT_TRUE(rate_sentence(rate).starts_with("too few earlier runs to say: 3 of 3 runs failed"))
      << rate_sentence(rate);
}

TEST(Rates, FailureOfEveryRun_CannotBecomeMoreFrequent) {
  const auto rate = rate_in(
      ledger({execution("1", runs_of("a", 300, 300)), repeated("2", runs_of("a", 20, 20), 20)}));
  EXPECT_EQ(rate.verdict, RateVerdict::kNotShownWorse);
  EXPECT_FALSE(rate.undecided);
}

TEST(Rates, KnownGroupsWithoutAFailure_AreTestsToo) {
  std::vector<LedgerRun> before;
  std::vector<LedgerRun> now;
  for (const char* name : {"a", "b", "c", "d"}) {
    append(before, runs_of(name, 3, 100, std::string(16, name[0])));
    append(now, runs_of(name, name[0] == 'a' ? 5 : 0, 20, std::string(16, name[0])));
  }
  const Ledger all = ledger({execution("1", before), execution("2", now)});
  const auto rate = rate_in(all);
  EXPECT_EQ(rate.tests, 4U);
  EXPECT_NEAR(rate.p_adjusted, 4 * rate.p_value, 1e-12);
  EXPECT_TRUE(rate_sentence(rate).ends_with(" after 1 look, corrected for 4 groups"));
  const auto gone = rate_in(all, std::string(16, 'b'));
  EXPECT_EQ(gone.now.failed, 0U);
  EXPECT_EQ(gone.p_adjusted, 1);
}

TEST(Rates, MutedGroupThatIsWorse_FailsTheNight) {
  const Mute mute{.signature = kA, .reason = "known", .owner = "ada", .expires = "2199-12-31"};
  const Ledger before = ledger({execution("1", runs_of("a", 30, 1000))});
  Ledger same = before;
  same.executions.push_back(execution("2", runs_of("a", 3, 100)));
  EXPECT_EQ(assess_last(same, {mute}).verdict, Verdict::kValid);
  Ledger worse = before;
  worse.executions.push_back(execution("2", runs_of("a", 15, 100)));
  const auto assessment = assess_last(worse, {mute});
  EXPECT_EQ(assessment.verdict, Verdict::kInvalid);
  ASSERT_EQ(assessment.reasons.size(), 1U);
  EXPECT_TRUE(assessment.reasons[0].text.starts_with("muted, but worse: 15 of 100 runs failed"))
      << assessment.reasons[0].text;
  EXPECT_FALSE(assessment.reasons[0].shown_by_runs);
}

TEST(Rates, Repeats_AreLooksOfTheNightAndNoBaselineOfLaterOnes) {
  auto runs = runs_of("a", 2, 45);
  std::swap(runs[1], runs[24]);  // the second failure is in the second look
  const Ledger night = ledger({execution("1", runs_of("a", 30, 1000)), repeated("2", runs, 20)});
  const auto rate = rate_in(night);
  EXPECT_EQ(rate.declared_looks, (std::vector<std::uint64_t>{20, 30, 45, 67, 100}));
  EXPECT_EQ(rate.looks, 3U);
  EXPECT_EQ(rate.now.failed, 2U);
  EXPECT_EQ(rate.now.runs, 45U);
  EXPECT_TRUE(rate_sentence(rate).find(" after 3 looks") != std::string::npos);
  Ledger later = night;
  later.executions.push_back(execution("3", runs_of("a", 1, 10)));
  EXPECT_EQ(rate_in(later).before.runs, 1020U);
}

TEST(Rates, RepeatsBetweenTwoLooks_WaitForTheSecond) {
  const auto rate = rate_in(
      ledger({execution("1", runs_of("a", 30, 1000)), repeated("2", runs_of("a", 3, 29), 20)}));
  EXPECT_EQ(rate.looks, 1U);
  EXPECT_EQ(rate.now.runs, 20U);
  EXPECT_TRUE(rate.undecided);
}

TEST(Rates, Undecided_UntilFurtherRunsCannotShowIt) {
  const auto undecided = [&](std::size_t failed, std::size_t count) {
    return rate_in(ledger({execution("1", runs_of("a", 30, 1000)),
                           repeated("2", runs_of("a", failed, count), 20)}))
        .undecided;
  };
  EXPECT_TRUE(undecided(1, 20));
  EXPECT_TRUE(undecided(4, 45));
  EXPECT_FALSE(undecided(1, 67)) << "futile";
  EXPECT_FALSE(undecided(9, 20)) << "worse";
  EXPECT_FALSE(undecided(5, 100)) << "the last look";
}

/// The cases that are repeated next, as many as may run at a time.
std::vector<std::string> next_cases(const Ledger& earlier, const Execution& night,
                                    const std::vector<SuiteCase>& cases) {
  RateTester tester;
  RateRepeats repeats(tester);
  std::vector<PlannedRun> runs;
  std::vector<std::string> names;
  while (names.size() < 1000) {
    std::vector<const PlannedRun*> running;
    for (const PlannedRun& each : runs) running.push_back(&each);
    const auto name = repeats.next_case(earlier, night, running);
    if (!name) break;
    names.push_back(*name);
    for (const SuiteCase& each : cases) {
      if (each.scenario.name == *name) runs.push_back({.of = &each});
    }
  }
  return names;
}

TEST(RateRepeats, KeepTheMixtureOfThePlannedRuns) {
  std::vector<LedgerRun> before = runs_of("a", 20, 800);
  append(before, runs_of("b", 10, 200));
  append(before, runs_of("c", 0, 500));
  std::vector<LedgerRun> now = runs_of("a", 2, 16);
  append(now, runs_of("b", 0, 4));
  append(now, runs_of("c", 0, 10));
  const std::size_t planned = now.size();
  std::vector<SuiteCase> cases(3);
  for (std::size_t i = 0; i < 3; ++i) cases[i].scenario.name = std::string(1, "abc"[i]);
  const auto names =
      next_cases(ledger({execution("1", before)}), repeated("2", now, planned), cases);
  // Of 20 runs to the next look at 30.
  EXPECT_EQ(std::count(names.begin(), names.end(), "a"), 8);
  EXPECT_EQ(std::count(names.begin(), names.end(), "b"), 2);
  EXPECT_EQ(names.size(), 10U);
}

TEST(RateRepeats, DecidedNight_RepeatsNothing) {
  std::vector<SuiteCase> cases(1);
  cases[0].scenario.name = "a";
  const Ledger before = ledger({execution("1", runs_of("a", 30, 1000))});
  EXPECT_TRUE(next_cases(before, repeated("2", runs_of("a", 9, 20), 20), cases).empty()) << "worse";
  EXPECT_TRUE(next_cases(before, repeated("2", runs_of("a", 0, 20), 20), cases).empty());
  EXPECT_TRUE(next_cases(before, repeated("2", runs_of("b", 3, 20), 20), cases).empty()) << "new";
}

TEST(RateRepeats, RunsThatSayNothing_AreMadeUpForUpToTwiceTheDeclaredRuns) {
  std::vector<SuiteCase> cases(1);
  cases[0].scenario.name = "a";
  const Ledger before = ledger({execution("1", runs_of("a", 30, 1000))});
  std::vector<LedgerRun> runs = runs_of("a", 2, 20);
  while (runs.size() < 199) runs.push_back(run("a/v", Verdict::kVacuous));
  EXPECT_EQ(next_cases(before, repeated("2", runs, 20), cases).size(), 10U);
  runs.push_back(run("a/v", Verdict::kVacuous));
  EXPECT_TRUE(next_cases(before, repeated("2", runs, 20), cases).empty());
}

}  // namespace
}  // namespace capsize::harness
