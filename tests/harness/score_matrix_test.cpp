// From runs to a matrix: what counts as caught, which runs belong to a cell, JSON and reports.
#include "harness/score/matrix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/score/score_json.h"
#include "harness/score/score_report.h"
#include "tests/harness/score_support.h"

namespace capsize::harness {
namespace {

using checker::Verdict;
using testing::HasSubstr;
using testing::Not;
using namespace testing_score;

TEST(ScoreReports, CheckAlone_MatchesEveryAnomaly) {
  EXPECT_TRUE(is_report(failure("linearizable", "stale read"), {"linearizable"}));
  EXPECT_TRUE(is_report(failure("live"), {"live"}));
  EXPECT_FALSE(is_report(failure("invariants", "log-matching"), {"linearizable", "live"}));
}

TEST(ScoreReports, CheckWithAnomaly_MatchesThatAnomalyOnly) {
  const std::vector<std::string> reports = {"linearizable/stale read"};
  EXPECT_TRUE(is_report(failure("linearizable", "stale read"), reports));
  EXPECT_FALSE(is_report(failure("linearizable", "lost update"), reports));
  EXPECT_FALSE(is_report(failure("linearizable"), reports));
  EXPECT_FALSE(is_report(failure("linearizable", "stale read or lost write"), reports));
}

TEST(ScoreReports, CaughtRun_NamesTheFirstFailureThatMatches) {
  const ScoredBug stale = bug("a", {"linearizable/stale read", "live"});
  LedgerRun run = invalid("a/all/1", failure("invariants", "log-matching"));
  EXPECT_EQ(judge_run(run, &stale).what, Catch::kOtherwise);
  run.failures.push_back(failure("live"));
  run.failures.push_back(failure("linearizable", "stale read"));
  const Judgement judgement = judge_run(run, &stale);
  EXPECT_EQ(judgement.what, Catch::kCaught);
  EXPECT_EQ(report_of(*judgement.failure), "live");
}

TEST(ScoreReports, RunsWithoutAVerdictAboutTheNodes_DoNotCount) {
  const ScoredBug any = bug("a");
  for (const Verdict verdict : {Verdict::kVacuous, Verdict::kUnknown, Verdict::kHarnessError}) {
    LedgerRun run = with_verdict("a/all/1", verdict, "why");
    run.failures = {failure("live")};  // a harness error may have some
    EXPECT_EQ(judge_run(run, &any).what, Catch::kUncounted);
  }
}

TEST(ScoreReports, EveryViolationOfTheCleanNode_IsAFalseAlarm) {
  EXPECT_EQ(judge_run(invalid("none/all/1", failure("crash")), nullptr).what, Catch::kCaught);
  EXPECT_EQ(judge_run(missed("none/all/1"), nullptr).what, Catch::kMissed);
}

TEST(ScoreCells, Strategy_RunsInTheSettingOfTheDirectedScenario) {
  const auto planned = cells({kDirected, "kill"});
  ASSERT_EQ(planned.size(), 6U);
  const Scenario& scenario = planned[1].variants.front().scenario;
  EXPECT_EQ(planned[1].id(), "a/kill");
  EXPECT_EQ(scenario.nemesis, std::vector<std::string>{"kill"});
  EXPECT_EQ(scenario.node_arguments, std::vector<std::string>{"--snapshot-every=50"});
  EXPECT_EQ(scenario.retries, 1U);
  EXPECT_EQ(scenario.bug, "a");
  EXPECT_EQ(scenario.name, "score-a-kill");
}

TEST(ScoreCells, Strategy_TakesNothingThatHoldsForThePhasesOnly) {
  const auto bounded = [](const std::string&) -> base::Result<std::optional<Scenario>> {
    Scenario scenario = default_scenario();
    scenario.nodes = 3;
    scenario.workload = "append";
    scenario.client_timeout = std::chrono::milliseconds(400);
    scenario.read_level = "stale";
    scenario.phases = base::Json::parse(R"([{"faults": [{"kind": "kill", "target": "leader"}]}])");
    scenario.nemesis.clear();
    scenario.repeat_phases = 9;
    scenario.live_bound = std::chrono::seconds(1);
    scenario.expect = Expectations{.ok = 7};
    return std::optional(scenario);
  };
  const auto planned =
      plan_cells(two_bugs(), {kDirected, "kill"}, std::chrono::seconds(20), bounded);
  ASSERT_TRUE(planned.ok());
  EXPECT_EQ(planned.value()[1].parameters.front(),
            (base::Json{{"bug", "a"},
                        {"nemesis", base::Json::array({"kill"})},
                        {"nodes", 3},
                        {"workload", "append"},
                        {"client-timeout", "400ms"},
                        {"read-level", "stale"}}));
  EXPECT_EQ(planned.value()[0].variants.front().scenario.repeat_phases, 9U);
}

TEST(ScoreCells, CleanRow_RunsEverySettingWithoutABug) {
  const auto planned = cells({kDirected, "kill"});
  const ScoreCell& clean = planned[4];
  EXPECT_EQ(clean.id(), "none/directed");
  ASSERT_EQ(clean.variants.size(), 2U);
  EXPECT_TRUE(clean.variant(1).scenario.bug.empty());
  EXPECT_EQ(clean.variant(1).scenario.retries, 1U);
  EXPECT_EQ(clean.variant(2).scenario.retries, 2U);
  EXPECT_EQ(clean.variant(3).scenario.retries, 1U);
}

TEST(ScoreCells, BugThatChangesTheMembership_MeetsMixturesThatChangeItToo) {
  const auto changing = [](const std::string&) -> base::Result<std::optional<Scenario>> {
    Scenario scenario = default_scenario();
    scenario.nemesis = {"membership"};
    return std::optional(scenario);
  };
  const auto planned = plan_cells(two_bugs(), {"all", "kill"}, std::chrono::seconds(20), changing);
  ASSERT_TRUE(planned.ok());
  EXPECT_EQ(planned.value()[0].variants.front().scenario.nemesis,
            (std::vector<std::string>{"all", "membership"}));
  EXPECT_EQ(planned.value()[1].variants.front().scenario.nemesis, std::vector<std::string>{"kill"});
}

TEST(ScoreCells, BugWithoutADirectedScenario_HasNoDirectedCell) {
  const auto none = [](const std::string&) -> base::Result<std::optional<Scenario>> {
    return std::optional<Scenario>();
  };
  const auto planned = plan_cells(two_bugs(), {kDirected, "all"}, std::chrono::seconds(5), none);
  ASSERT_TRUE(planned.ok());
  EXPECT_EQ(planned.value()[0].impossible, "the bug has no directed scenario");
  EXPECT_EQ(planned.value()[1].variants.front().scenario.time_limit, std::chrono::seconds(5));
}

TEST(ScoreCells, UnknownStrategy_IsAnError) {
  const auto planned = plan_cells(two_bugs(), {"chaos"}, std::chrono::seconds(20), find_directed);
  ASSERT_FALSE(planned.ok());
  EXPECT_THAT(planned.error().message, HasSubstr("--strategies: found 'chaos', expected directed"));
}

TEST(ScoreMatrix, CountsCaughtMissedOtherwiseAndWhatDoesNotCount) {
  const auto planned = cells({kDirected});
  const Matrix matrix = fill_matrix(
      planned,
      ledger(planned, {caught("a/directed/1"), missed("a/directed/2"),
                       invalid("a/directed/3", failure("crash")),
                       with_verdict("a/directed/4", Verdict::kVacuous, "no fault took effect")}),
      "now", false);
  const MatrixCell& cell = matrix.at("a", kDirected);
  EXPECT_EQ(cell.caught, 1U);
  EXPECT_EQ(cell.missed, 1U);
  EXPECT_EQ(cell.otherwise, 1U);
  EXPECT_EQ(cell.runs(), 3U);
  EXPECT_EQ(cell.uncounted.at("vacuous"), 1U);
  EXPECT_EQ(cell.reports.at("live"), 1U);
  EXPECT_EQ(cell.detection_s, 1.5);
  EXPECT_EQ(cell.example, "a/directed/1");
  EXPECT_THAT(cell.reasons, testing::ElementsAre("crash: ", "no fault took effect"));
}

TEST(ScoreMatrix, OtherRevisionsAndSettings_AreOlder) {
  const auto planned = cells({kDirected});
  LedgerRun old = caught("a/directed/1");
  old.revision = "before";
  Ledger found = ledger(planned, {old, caught("a/directed/2"), caught("a/directed/3")});
  found.executions.front().runs.back().parameters = {{"nodes", 3}};
  const Matrix matrix = fill_matrix(planned, found, "now", false);
  EXPECT_EQ(matrix.at("a", kDirected).runs(), 1U);
  EXPECT_EQ(matrix.older, 2U);
  const Matrix all = fill_matrix(planned, found, "now", true);
  EXPECT_EQ(all.at("a", kDirected).runs(), 2U) << "a changed scenario is never mixed";
  EXPECT_EQ(all.older, 1U);
}

TEST(ScoreMatrix, Median_IsTheMiddle) {
  EXPECT_EQ(median({}), std::nullopt);
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1}), 2.5);
}

Matrix some_matrix() {
  const auto planned = cells({kDirected, "all", "kill"});
  return fill_matrix(
      planned,
      ledger(planned, {caught("a/directed/1"), caught("a/directed/2"), missed("a/all/1"),
                       missed("none/directed/1"), invalid("none/all/1", failure("crash"))}),
      "now", false);
}

TEST(ScoreJson, IsReadBackAsItWas) {
  const Matrix matrix = some_matrix();
  const auto read = parse_matrix(json_text(matrix), "score.json");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(json_text(read.value()), json_text(matrix));
  EXPECT_EQ(read.value().at("a", kDirected).caught, 2U);
  EXPECT_EQ(read.value().at("a", "all").missed, 1U);
  EXPECT_EQ(read.value().bugs.front().what, "what a does");
}

TEST(ScoreJson, WhatIsNoScore_IsRefusedInOneLine) {
  const auto error = [](const std::string& text) {
    const auto read = parse_matrix(text, "x.json");
    return read.ok() ? std::string("accepted") : read.error().message;
  };
  EXPECT_THAT(error("[]"), HasSubstr("x.json: found []"));
  EXPECT_THAT(error("{\"capsize-score\":2}"), HasSubstr("expected 1"));
  EXPECT_THAT(error("{\"capsize-score\":1,\"cells\":7}"), HasSubstr("x.json: "));
  EXPECT_THAT(error("{\"capsize-score\":1,\"cells\":[{\"bug\":\"a\",\"strategy\":\"all\","
                    "\"runs\":1,\"caught\":2}]}"),
              HasSubstr("found 2 of 1 runs"));
}

TEST(ScoreText, CellsWithoutRunsAreBlankAndStrategiesWithoutRunsLeftOut) {
  const std::string text = score_text(some_matrix());
  EXPECT_THAT(text, HasSubstr("bug                  directed        all\n"));
  EXPECT_THAT(text, HasSubstr("a *                  2/2      1.5 s  0/1\n"));
  EXPECT_THAT(text, HasSubstr("\nb *\n"));
  EXPECT_THAT(text, HasSubstr("none (false alarms)  0/1             1/1\n"));
  EXPECT_THAT(text, HasSubstr("bugs caught          1 of 1          0 of 1\n"));
  EXPECT_THAT(text, HasSubstr("false alarms: 1 of 2 runs of the clean node"));
  EXPECT_THAT(text, Not(HasSubstr("kill")));
}

TEST(ScoreText, ManyStrategies_StayWithinAHundredColumns) {
  const std::vector<std::string> names = {kDirected, "all",  "default",   "kill",
                                          "pause",   "disk", "partition", "clock"};
  const auto planned = cells(names);
  std::vector<LedgerRun> runs;
  for (const auto& name : names) runs.push_back(caught("a/" + name + "/1"));
  std::istringstream text(score_text(fill_matrix(planned, ledger(planned, runs), "now", false)));
  std::size_t blocks = 0;
  for (std::string line; std::getline(text, line);) {
    EXPECT_LE(line.size(), 100U) << line;
    blocks += line.starts_with("bugs caught") ? 1 : 0;
  }
  EXPECT_EQ(blocks, 2U);
}

TEST(ScoreText, HostileReason_StaysOneLine) {
  const auto planned = cells({"all"});
  const Matrix matrix = fill_matrix(
      planned,
      ledger(planned, {with_verdict("a/all/1", Verdict::kHarnessError, "\x1b[31m|\n```\n# h")}),
      "now", false);
  EXPECT_THAT(score_text(matrix), Not(HasSubstr("\x1b")));
  EXPECT_THAT(score_markdown(matrix), Not(HasSubstr("\n```")));
}

TEST(TrackRecord, HasARowForEachBug) {
  const std::string table = track_record(some_matrix());
  EXPECT_THAT(table, HasSubstr("| `a` | what a does | a system | `live` | 2/2 | 0/1 | 1.5 s |\n"));
  EXPECT_THAT(table, HasSubstr("| `b` | what b does | a system |  |  |  |  |\n"));
}

TEST(TrackRecord, ReplacesTheBlockBetweenItsMarkersOnly) {
  const std::string begin = std::string(kTableBegin) + "\n";
  const auto updated =
      with_track_record("# T\n" + begin + "old\n" + kTableEnd + "\nrest\n", some_matrix());
  ASSERT_TRUE(updated.ok());
  EXPECT_EQ(updated.value(),
            "# T\n" + begin + track_record(some_matrix()) + kTableEnd + "\nrest\n");
  EXPECT_FALSE(with_track_record("no markers", some_matrix()).ok());
  EXPECT_FALSE(with_track_record(std::string(kTableEnd) + "\n" + begin, some_matrix()).ok());
}

TEST(TrackRecord, InShort_HasABlockOfItsOwn) {
  const std::string begin = std::string(kSummaryBegin) + "\n";
  const std::string end = std::string(kSummaryEnd) + "\n";
  const auto updated = with_track_record("# T\n" + begin + "old\n" + end, some_matrix());
  ASSERT_TRUE(updated.ok());
  EXPECT_EQ(updated.value(), "# T\n" + begin + track_summary(some_matrix()) + end);
  EXPECT_THAT(updated.value(), HasSubstr("were caught by the scenarios written for them (2 of 2"));
  EXPECT_FALSE(with_track_record(end + begin, some_matrix()).ok());
}

}  // namespace
}  // namespace capsize::harness
