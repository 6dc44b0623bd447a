// What a ledger means: verdict, first line, controls, mutes, groups.
#include "harness/suite_report/assessment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/suite_ledger.h"

namespace capsize::harness {
namespace {

using namespace testing_ledger;  // NOLINT: the vocabulary of these tests
using checker::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::SizeIs;
using testing::StartsWith;

constexpr const char* kToday = "2026-11-30";
const std::string kA(16, 'a');
const std::string kB(16, 'b');

Mute mute(const std::string& signature, const std::string& expires) {
  return {.signature = signature, .reason = "issue 12", .owner = "storage", .expires = expires};
}

/// Assesses the last execution.
Assessment assess_last(const Ledger& ledger, const std::vector<Mute>& mutes = {},
                       const SuiteContents& contents = {}) {
  return assess(ledger, {ledger.executions.back().id}, mutes, kToday, contents);
}

/// Assesses one execution with working controls and these tests.
Assessment assess_runs(std::vector<LedgerRun> runs, const std::vector<Mute>& mutes = {}) {
  return assess_last(ledger({execution("now", std::move(runs))}), mutes);
}

GroupStatus status_of(const Assessment& assessment, const std::string& signature) {
  const Group* group = assessment.group(signature);
  EXPECT_NE(group, nullptr);
  return group == nullptr ? GroupStatus::kNew : group->status;
}

TEST(Assessment, AllValid_IsValidAndSaysWhatRan) {
  const auto assessment = assess_runs({run("a/1"), run("a/2"), run("b/1")});
  EXPECT_EQ(assessment.verdict, Verdict::kValid);
  EXPECT_EQ(assessment.first_line,
            "nightly: valid: 3 runs, 1 min 30 s; controls: healthy run valid, read-without-quorum "
            "caught in 11 s; seed 4711");
  EXPECT_THAT(assessment.reasons, IsEmpty());
  EXPECT_TRUE(assessment.complete);
}

TEST(Assessment, Violation_IsInvalidAndComesBeforeHarnessErrors) {
  const auto assessment =
      assess_runs({run("a/1"), broken("a/2", "overload", "timers lag"), failing("b/1", kA),
                   run("b/2", Verdict::kUnknown), run("b/3", Verdict::kVacuous)});
  EXPECT_EQ(assessment.verdict, Verdict::kInvalid);
  EXPECT_THAT(assessment.first_line,
              StartsWith("nightly: invalid: 1 new failure in 5 runs, 1 min 30 s; 1 harness error "
                         "(overload 1); 1 unknown; 1 vacuous; controls: "));
  EXPECT_THAT(
      assessment.verdicts,
      ElementsAre(Pair(Verdict::kValid, 1), Pair(Verdict::kInvalid, 1), Pair(Verdict::kUnknown, 1),
                  Pair(Verdict::kVacuous, 1), Pair(Verdict::kHarnessError, 1)));
  EXPECT_EQ(assessment.reasons.front().verdict, Verdict::kInvalid);
  EXPECT_EQ(assessment.reasons.back().verdict, Verdict::kVacuous);
}

TEST(Assessment, HarnessErrors_NameTheMostFrequentCauseAndItsText) {
  const auto assessment = assess_runs({broken("a/1", "node-start", "n1 did not start"), run("a/2"),
                                       broken("a/3", "node-start", "n2 did not start"),
                                       broken("b/1", "disk-full", "full"),
                                       broken("b/2", "node-start", "n2 did not start")});
  EXPECT_EQ(assessment.verdict, Verdict::kHarnessError);
  EXPECT_THAT(assessment.first_line,
              StartsWith("nightly: harness error: 4 of 5 runs ended with a harness error, most "
                         "often node-start: n2 did not start; 5 runs, "));
  ASSERT_THAT(assessment.harness_errors, SizeIs(2));
  EXPECT_EQ(assessment.harness_errors[0].runs, 3);
  EXPECT_EQ(assessment.harness_errors[0].shown.id, "a/1");
  EXPECT_THAT(assessment.groups, IsEmpty());
}

TEST(Assessment, UnknownAndUsageErrorAndVacuous_DecideInTheirOrder) {
  EXPECT_EQ(assess_runs({run("a/1", Verdict::kUsageError), run("a/2", Verdict::kUnknown)}).verdict,
            Verdict::kUsageError);
  const auto unknown = assess_runs({run("a/1", Verdict::kUnknown), run("a/2", Verdict::kVacuous)});
  EXPECT_EQ(unknown.verdict, Verdict::kUnknown);
  EXPECT_THAT(unknown.first_line,
              StartsWith("nightly: unknown: 1 of 2 runs is unknown: reason of a/1; "));
  const auto vacuous = assess_runs({run("a/1"), run("a/2", Verdict::kVacuous)});
  EXPECT_EQ(vacuous.verdict, Verdict::kVacuous);
  EXPECT_THAT(vacuous.first_line, HasSubstr("1 of 2 runs is vacuous: reason of a/2"));
  EXPECT_THAT(vacuous.undecided, SizeIs(1));
}

TEST(Assessment, NoTest_IsVacuous) {
  const auto assessment = assess_runs({});
  EXPECT_EQ(assessment.verdict, Verdict::kVacuous);
  EXPECT_THAT(assessment.first_line, StartsWith("nightly: vacuous: no test ran; "));
}

TEST(Assessment, UnknownExecution_IsVacuous) {
  const auto assessment = assess(ledger({}), {"missing"}, {}, kToday);
  EXPECT_EQ(assessment.verdict, Verdict::kVacuous);
  EXPECT_FALSE(assessment.complete);
}

TEST(Assessment, WhileItRuns_WhatIsStillToComeIsNoReason) {
  auto running = bare_execution("now", {});
  running.planned = 3;
  running.ended = false;
  const auto assessment =
      assess(ledger({running}), {"now"}, {}, kToday, {.cases = {"a"}, .bugs = {"no-dedup"}});
  EXPECT_EQ(assessment.verdict, Verdict::kVacuous);
  EXPECT_THAT(assessment.first_line, HasSubstr("not finished: 0 of 3 planned tests so far"));
  for (const char* unfair : {"not tried", "no test ran", "no healthy control", "without a run"}) {
    EXPECT_THAT(assessment.first_line, Not(HasSubstr(unfair)));
  }
}

TEST(Assessment, Interrupted_IsNoted) {
  auto interrupted = execution("now", {run("a/1")});
  interrupted.ended = false;
  interrupted.ended_early = "interrupted by a signal";
  interrupted.early_cause = "interrupted";
  EXPECT_TRUE(assess_last(ledger({interrupted})).was_interrupted());
  EXPECT_FALSE(assess_last(ledger({execution("now", {run("a/1")})})).was_interrupted());
}

TEST(Assessment, ExpiredMutes_ComeAfterTheFailures) {
  const std::string first = "aaaaaaaaaaaaaaaa";
  const std::vector<Mute> mutes = {
      {.signature = first, .reason = "r", .owner = "o", .expires = "2026-01-01"},
      {.signature = "bbbbbbbbbbbbbbbb", .reason = "r", .owner = "o", .expires = "2026-01-02"}};
  const auto assessment =
      assess(ledger({execution("now", {failing("a/1", first)})}), {"now"}, mutes, kToday);
  EXPECT_THAT(assessment.first_line, HasSubstr("1 new failure in 1 run"));
  EXPECT_THAT(assessment.first_line,
              HasSubstr("; the mute of aaaaaaaaaaaaaaaa expired on 2026-01-01 (owner: o) and 1 "
                        "other mute"));
}

TEST(Assessment, CutShort_IsVacuousAndSaysHowMuchRan) {
  auto killed = execution("now", {run("a/1")});
  killed.planned = 400;
  killed.ended = false;
  const auto assessment = assess_last(ledger({killed}));
  EXPECT_EQ(assessment.verdict, Verdict::kVacuous);
  EXPECT_THAT(assessment.first_line, HasSubstr("not finished: 1 of 400 planned tests so far"));
  auto early = execution("now", {run("a/1")});
  early.planned = 400;
  early.ended_early = "less than 256 MiB are free";
  EXPECT_THAT(assess_last(ledger({early})).first_line, HasSubstr("less than 256 MiB are free"));
  // Everything that was planned ran, so nothing is missing, unless a budget promised more.
  early.planned = 1;
  EXPECT_EQ(assess_last(ledger({early})).verdict, Verdict::kValid);
  early.budget_seconds = 7200;
  EXPECT_EQ(assess_last(ledger({early})).verdict, Verdict::kVacuous);
  early.early_cause = "stop-after";
  EXPECT_EQ(assess_last(ledger({early})).verdict, Verdict::kValid);
  early.early_cause = "disk-full";
  EXPECT_EQ(assess_last(ledger({early})).verdict, Verdict::kHarnessError);
}

TEST(Assessment, RepetitionOfAGroup_NeedsNoControlsAndIsNoBaseline) {
  auto only = bare_execution("two", {run("a/1")});
  only.only = "aaaa";
  only.cases = {"a", "b"};
  const auto night = execution("one", {failing("a/1", kA), run("b/1")});
  const auto assessment = assess_last(ledger({night, only}));
  EXPECT_EQ(assessment.verdict, Verdict::kValid);
  EXPECT_EQ(assessment.first_line, "nightly (only aaaa): valid: 1 run, 1 min 30 s; seed 4711");
  EXPECT_EQ(assessment.group(kA), nullptr);
  const auto next = assess_last(ledger({night, only, execution("now", {run("a/1"), run("b/1")})}));
  EXPECT_EQ(next.baseline->seen.execution, "one");
  EXPECT_EQ(status_of(next, kA), GroupStatus::kGone);
}

// Controls.

TEST(Assessment, BugControl_ItsViolationIsNoFailureOfTheSuite) {
  const auto assessment = assess_runs({run("a/1")});
  EXPECT_EQ(assessment.verdict, Verdict::kValid);
  EXPECT_THAT(assessment.groups, IsEmpty());
  EXPECT_EQ(assessment.runs, 1);
  ASSERT_THAT(assessment.controls, SizeIs(2));
  EXPECT_TRUE(assessment.controls[1].passed());
  EXPECT_EQ(assessment.controls[1].found, "stale read: read of r1 by process 7 returned 2489");
}

TEST(Assessment, Controls_AreInOneOrderWhicheverEndsFirst) {
  const auto bug = bug_control(Verdict::kInvalid);
  const auto healthy = healthy_control(Verdict::kValid);
  const auto one = assess_last(ledger({bare_execution("now", {bug, healthy, run("a/1")})}));
  const auto other = assess_last(ledger({bare_execution("now", {healthy, bug, run("a/1")})}));
  EXPECT_EQ(one.first_line, other.first_line);
}

TEST(Assessment, BugControl_CaughtBySecondSeed_CountsTheTimeOfBoth) {
  const auto assessment = assess_last(ledger({bare_execution(
      "now", {run("a/1"), bug_control(Verdict::kValid, 1, 20),
              bug_control(Verdict::kInvalid, 2, 12), healthy_control(Verdict::kValid)})}));
  EXPECT_EQ(assessment.verdict, Verdict::kValid);
  EXPECT_THAT(assessment.controls[1].attempts, SizeIs(2));
  EXPECT_THAT(assessment.first_line, HasSubstr("read-without-quorum caught in 32 s"));
}

TEST(Assessment, BugControl_Missed_IsVacuous) {
  const auto assessment = assess_last(ledger({bare_execution(
      "now", {run("a/1"), bug_control(Verdict::kValid, 1), bug_control(Verdict::kHarnessError, 2),
              bug_control(Verdict::kValid, 3), healthy_control(Verdict::kValid)})}));
  EXPECT_EQ(assessment.verdict, Verdict::kVacuous);
  EXPECT_THAT(assessment.first_line,
              StartsWith("nightly: vacuous: the seeded bug read-without-quorum was not caught in 3 "
                         "runs; the last one: valid; "));
  EXPECT_THAT(assessment.first_line, HasSubstr("read-without-quorum missed in 3 runs"));
}

TEST(Assessment, BugControl_OnlyHarnessErrors_IsHarnessError) {
  const auto assessment = assess_last(ledger({bare_execution(
      "now", {run("a/1"), bug_control(Verdict::kHarnessError, 1),
              bug_control(Verdict::kHarnessError, 2), healthy_control(Verdict::kValid)})}));
  EXPECT_EQ(assessment.verdict, Verdict::kHarnessError);
  EXPECT_THAT(assessment.first_line, HasSubstr("could not be tried: harness error: reason of "
                                               "control/2"));
}

TEST(Assessment, BugControl_OfTheSuiteThatDidNotRun_IsVacuous) {
  const auto assessment = assess_last(ledger({execution("now", {run("a/1")})}), {},
                                      {.cases = {}, .bugs = {"read-without-quorum", "lost-vote"}});
  EXPECT_EQ(assessment.verdict, Verdict::kVacuous);
  EXPECT_THAT(assessment.first_line, HasSubstr("the seeded bug lost-vote was not tried"));
}

TEST(Assessment, HealthyControl_Invalid_IsAFailureLikeAnyOther) {
  auto healthy = healthy_control(Verdict::kInvalid);
  healthy.failures = {failure(kA)};
  const auto assessment = assess_last(
      ledger({bare_execution("now", {run("a/1"), bug_control(Verdict::kInvalid), healthy})}));
  EXPECT_EQ(assessment.verdict, Verdict::kInvalid);
  EXPECT_EQ(status_of(assessment, kA), GroupStatus::kNew);
  EXPECT_THAT(assessment.first_line,
              HasSubstr("the healthy run is not valid: invalid: stale read"));
}

TEST(Assessment, HealthyControl_UnknownOrVacuousOrMuted_IsVacuous) {
  for (const Verdict verdict : {Verdict::kUnknown, Verdict::kVacuous, Verdict::kInvalid}) {
    auto healthy = healthy_control(verdict);
    if (verdict == Verdict::kInvalid) healthy.failures = {failure(kA)};
    const auto assessment = assess_last(
        ledger({bare_execution("now", {run("a/1"), bug_control(Verdict::kInvalid), healthy})}),
        {mute(kA, "2027-01-31")});
    EXPECT_EQ(assessment.verdict, Verdict::kVacuous) << checker::name(verdict);
    EXPECT_THAT(assessment.first_line, HasSubstr("the healthy run is not valid"));
  }
}

TEST(Assessment, NoControls_IsVacuousForEachKind) {
  const auto none = assess_last(ledger({bare_execution("now", {run("a/1")})}));
  EXPECT_EQ(none.verdict, Verdict::kVacuous);
  EXPECT_THAT(none.first_line,
              StartsWith("nightly: vacuous: no control with a seeded bug ran; no healthy control "
                         "ran; 1 run, "));
  const auto no_bug =
      assess_last(ledger({bare_execution("now", {run("a/1"), healthy_control(Verdict::kValid)})}));
  EXPECT_EQ(no_bug.verdict, Verdict::kVacuous);
  const auto no_healthy =
      assess_last(ledger({bare_execution("now", {run("a/1"), bug_control(Verdict::kInvalid)})}));
  EXPECT_EQ(no_healthy.verdict, Verdict::kVacuous);
  EXPECT_THAT(no_healthy.first_line, HasSubstr("no healthy control ran"));
}

TEST(Assessment, ControlsOfShards_AreJudgedEachOnItsOwnMachine) {
  auto first = execution("s1", {run("a/1")});
  first.shard = "1/2";
  auto second = bare_execution(
      "s2", {run("a/2"), bug_control(Verdict::kValid), healthy_control(Verdict::kValid)});
  second.shard = "2/2";
  const auto assessment = assess(ledger({first, second}), {"s1", "s2"}, {}, kToday);
  EXPECT_EQ(assessment.verdict, Verdict::kVacuous);
  EXPECT_THAT(assessment.first_line, HasSubstr("controls: healthy run valid 2 of 2 times, "
                                               "read-without-quorum caught 1 of 2 times"));
}

// Mutes.

TEST(Assessment, MutedRun_IsCountedAndDoesNotFail) {
  const auto assessment =
      assess_runs({run("a/1"), failing("a/2", kA)}, {mute(kA, kToday), mute(kB, "2027-01-31")});
  EXPECT_EQ(assessment.verdict, Verdict::kValid);
  EXPECT_EQ(assessment.muted_runs, 1);
  EXPECT_FALSE(assessment.verdicts.contains(Verdict::kInvalid));
  EXPECT_THAT(assessment.first_line, HasSubstr("valid: 2 runs, 1 min 30 s; 1 muted run; "));
  ASSERT_NE(assessment.group(kA), nullptr);
  EXPECT_TRUE(assessment.group(kA)->mute.has_value());
  ASSERT_THAT(assessment.mutes_unused, SizeIs(1));
  EXPECT_EQ(assessment.mutes_unused[0].signature, kB);
}

TEST(Assessment, RunWithAnotherFailure_IsNotMuted) {
  auto both = failing("a/1", kA);
  both.failures.push_back(failure(kB));
  const auto assessment = assess_runs({both}, {mute(kA, "2027-01-31")});
  EXPECT_EQ(assessment.verdict, Verdict::kInvalid);
  EXPECT_EQ(assessment.muted_runs, 0);
  EXPECT_THAT(assessment.first_line, HasSubstr("1 new failure in 1 run, "));
}

TEST(Assessment, ViolationWithoutAFailure_CannotBeMutedAndIsGrouped) {
  const auto assessment = assess_runs({run("a/1", Verdict::kInvalid)}, {mute("", "2027-01-31")});
  EXPECT_EQ(assessment.verdict, Verdict::kInvalid);
  ASSERT_NE(assessment.group(""), nullptr);
  EXPECT_EQ(assessment.group("")->check, "unclassified");
}

TEST(Assessment, ExpiredMute_FailsTheSuiteAndMutesNothing) {
  const auto unused = assess_runs({run("a/1")}, {mute(kA, "2026-11-29")});
  EXPECT_EQ(unused.verdict, Verdict::kInvalid);
  EXPECT_THAT(unused.first_line, StartsWith("nightly: invalid: the mute of " + kA +
                                            " expired on 2026-11-29 (owner: storage); "));
  EXPECT_THAT(unused.mutes_unused, IsEmpty());
  const auto used = assess_runs({failing("a/1", kA)}, {mute(kA, "2026-11-29")});
  EXPECT_EQ(used.muted_runs, 0);
  EXPECT_THAT(used.first_line, HasSubstr("1 new failure"));
}

// Groups.

TEST(Assessment, FailuresWithoutASignature_AreGroupedByCheckAndAnomaly) {
  const std::string none(16, '0');
  auto other = failing("a/3", none);
  other.failures[0].anomaly = "lost update";
  const auto assessment =
      assess_runs({failing("a/1", none), failing("a/2", none), other}, {mute(none, "2027-01-31")});
  EXPECT_EQ(assessment.verdict, Verdict::kInvalid);
  ASSERT_THAT(assessment.groups, SizeIs(2));
  EXPECT_EQ(assessment.groups[0].runs, 2);
  EXPECT_EQ(assessment.groups[0].signature, "");
}

TEST(Assessment, Group_ShowsTheShortestRun) {
  auto slow = failing("a/1", kA);
  auto many = failing("a/2", kA);
  auto few = failing("a/4", kA);
  auto twin = failing("a/3", kA);
  slow.seconds = 20;
  many.faults = 5;
  few.faults = twin.faults = 2;
  slow.failures[0].faults = {"kill"};
  many.failures[0].faults = {"kill", "partition", "kill"};
  const auto assessment = assess_runs({slow, many, few, twin});
  ASSERT_THAT(assessment.groups, SizeIs(1));
  const Group& group = assessment.groups[0];
  EXPECT_EQ(group.shown.id, "a/3");
  EXPECT_EQ(group.runs, 4);
  EXPECT_THAT(group.faults, ElementsAre(Pair("kill", 2), Pair("partition", 1)));
  EXPECT_THAT(group.cases, ElementsAre(Pair("a", 4)));
}

TEST(Assessment, GroupStatus_NewKnownBackGone) {
  const std::string known(16, '1');
  const std::string back(16, '2');
  const std::string gone(16, '3');
  const std::string fresh(16, '4');
  const auto assessment = assess_last(
      ledger({execution("one", {failing("a/1", back), failing("a/2", known)}),
              execution("two", {failing("a/1", known), failing("a/2", gone), run("a/3")}),
              execution("now", {failing("a/1", known), failing("a/2", back), failing("a/3", fresh),
                                failing("a/4", known)})}));
  EXPECT_EQ(status_of(assessment, known), GroupStatus::kKnown);
  EXPECT_EQ(status_of(assessment, back), GroupStatus::kBack);
  EXPECT_EQ(status_of(assessment, gone), GroupStatus::kGone);
  EXPECT_EQ(status_of(assessment, fresh), GroupStatus::kNew);
  EXPECT_EQ(assessment.group(known)->first.revision, "revision-of-one");
  EXPECT_EQ(assessment.group(known)->last.revision, "revision-of-now");
  EXPECT_EQ(assessment.group(known)->runs, 2);
  EXPECT_EQ(assessment.group(known)->runs_before, 1);
  EXPECT_EQ(assessment.group(gone)->runs, 0);
  EXPECT_EQ(assessment.group(gone)->last.execution, "two");
  ASSERT_TRUE(assessment.baseline.has_value());
  EXPECT_EQ(assessment.baseline->runs, 3);
  // The order in which they are read.
  EXPECT_EQ(assessment.groups[0].signature, fresh);
  EXPECT_EQ(assessment.groups[1].signature, back);
  EXPECT_EQ(assessment.groups[3].signature, gone);
  EXPECT_THAT(assessment.first_line,
              HasSubstr("1 new failure, 1 back again in 4 runs, 1 min 30 s; 1 known; 1 gone; "));
}

TEST(Assessment, GoneGroup_NeedsACompleteExecution) {
  const auto earlier = execution("one", {failing("a/1", kA)});
  auto now = execution("now", {run("a/1")});
  EXPECT_NE(assess_last(ledger({earlier, now})).group(kA), nullptr);
  now.ended = false;
  EXPECT_EQ(assess_last(ledger({earlier, now})).group(kA), nullptr);
  now.ended = true;
  now.lost = {{.id = "a/2", .seed = 2, .path = "a/2"}};
  EXPECT_EQ(assess_last(ledger({earlier, now})).group(kA), nullptr);
}

TEST(Assessment, GoneGroup_OfACaseThatDidNotRun_SaysSo) {
  const auto assessment =
      assess_last(ledger({execution("one", {failing("a/1", kA)}), execution("now", {run("b/1")})}));
  ASSERT_NE(assessment.group(kA), nullptr);
  EXPECT_FALSE(assessment.group(kA)->cases_ran);
  EXPECT_THAT(assessment.first_line, Not(HasSubstr("gone")));
  EXPECT_THAT(assessment.cases_without_run, ElementsAre("a"));
}

TEST(Assessment, IncompleteExecution_IsNoBaseline) {
  auto incomplete = execution("two", {run("a/1")});
  incomplete.ended_early = "stopped";
  const auto assessment = assess_last(ledger({execution("one", {failing("a/1", kA)}), incomplete,
                                              execution("now", {failing("a/1", kA)})}));
  EXPECT_EQ(status_of(assessment, kA), GroupStatus::kKnown);
  EXPECT_EQ(assessment.baseline->seen.execution, "one");
}

TEST(Assessment, FailureSeenSinceTheLastCompleteExecution_IsKnown) {
  auto incomplete = execution("two", {failing("a/1", kA)});
  incomplete.ended = false;
  const auto assessment = assess_last(
      ledger({execution("one", {run("a/1")}), incomplete, execution("now", {failing("a/1", kA)})}));
  EXPECT_EQ(status_of(assessment, kA), GroupStatus::kKnown);
  EXPECT_EQ(
      assess_last(ledger({incomplete, execution("now", {failing("a/1", kA)})})).groups[0].status,
      GroupStatus::kKnown);
}

TEST(Assessment, OtherSuites_AreNotEarlierExecutions) {
  auto other = execution("one", {failing("a/1", kA)});
  other.suite = "smoke";
  const auto assessment = assess_last(ledger({other, execution("now", {failing("a/1", kA)})}));
  EXPECT_EQ(status_of(assessment, kA), GroupStatus::kNew);
}

TEST(Assessment, LaterExecutions_DoNotChangeAnEarlierReport) {
  const auto assessment = assess(
      ledger({execution("now", {failing("a/1", kA)}), execution("later", {failing("a/1", kA)})}),
      {"now"}, {}, kToday);
  EXPECT_EQ(status_of(assessment, kA), GroupStatus::kNew);
}

Execution shard(const std::string& id, const std::string& shard, std::vector<LedgerRun> runs) {
  auto part = execution(id, std::move(runs));
  part.shard = shard;
  part.revision = "revision-of-" + id.substr(0, 1);
  return part;
}

TEST(Assessment, Shards_AreOneNight) {
  const auto night =
      ledger({shard("1a", "1/2", {failing("a/1", kA)}), shard("1b", "2/2", {run("a/2")}),
              shard("2a", "1/2", {run("a/1")}), shard("2b", "2/2", {failing("a/2", kA)})});
  const auto whole = assess(night, {"2a", "2b"}, {}, kToday);
  EXPECT_EQ(status_of(whole, kA), GroupStatus::kKnown);
  EXPECT_EQ(whole.runs, 2);
  EXPECT_EQ(whole.baseline->runs, 2);
  EXPECT_EQ(whole.group(kA)->runs_before, 1);
  // One shard cannot know what the others saw: nothing is gone.
  EXPECT_EQ(assess(night, {"2a"}, {}, kToday).group(kA), nullptr);
}

TEST(Assessment, NightWithoutAShard_IsNoBaselineForAWholeOne) {
  const auto night = ledger({shard("1a", "1/2", {failing("a/1", kA)}),
                             shard("2a", "1/2", {run("a/1")}), shard("2b", "2/2", {run("a/2")})});
  EXPECT_FALSE(assess(night, {"2a", "2b"}, {}, kToday).baseline.has_value());
  // But it is one for the same shard, in a store of its own.
  const auto alone = ledger({night.executions[0], night.executions[1]});
  EXPECT_EQ(status_of(assess(alone, {"2a"}, {}, kToday), kA), GroupStatus::kGone);
}

TEST(Assessment, MissingShard_IsVacuous) {
  const auto night = ledger({shard("1a", "1/3", {run("a/1")}), shard("1c", "3/3", {run("a/3")})});
  const auto assessment = assess(night, {"1a", "1c"}, {}, kToday);
  EXPECT_EQ(assessment.verdict, Verdict::kVacuous);
  EXPECT_THAT(assessment.first_line, HasSubstr("shard 2/3 is missing"));
  EXPECT_EQ(assess(night, {"1a"}, {}, kToday).verdict, Verdict::kValid);
  EXPECT_EQ(assess(night, {"1a"}, {}, kToday, {.all_shards = true}).missing_shards,
            (std::vector<std::string>{"2/3", "3/3"}));
}

TEST(Assessment, OtherShardsOfTheSameNight_AreNotEarlier) {
  const auto night =
      ledger({shard("1a", "1/2", {failing("a/1", kA)}), shard("1b", "2/2", {failing("a/2", kA)})});
  EXPECT_EQ(status_of(assess(night, {"1b"}, {}, kToday), kA), GroupStatus::kNew);
}

TEST(Assessment, FailureBesideAHarnessError_IsListedAndDoesNotDecide) {
  auto run_with_both = broken("a/1", "disk-full", "no space left");
  run_with_both.failures = {failure(kA)};
  const auto assessment = assess_runs({run_with_both, run("a/2")});
  EXPECT_EQ(assessment.verdict, Verdict::kHarnessError);
  ASSERT_NE(assessment.group(kA), nullptr);
  EXPECT_EQ(assessment.group(kA)->beside_harness_error, 1);
  EXPECT_THAT(assessment.first_line, Not(HasSubstr("new failure")));
}

TEST(Assessment, LostRuns_AreListedAndRepeatedOnesMarked) {
  auto now = execution("now", {run("a/1")});
  now.lost = {{.id = "a/1", .seed = 1, .path = "a/1"}};
  now.open = {{"a/2", {.id = "a/2", .seed = 2, .path = "a/2"}}};
  const auto assessment = assess_last(ledger({now}));
  ASSERT_THAT(assessment.lost, SizeIs(2));
  EXPECT_TRUE(assessment.lost[0].repeated);
  EXPECT_FALSE(assessment.lost[1].repeated);
  EXPECT_FALSE(assessment.complete);
  EXPECT_THAT(assessment.first_line, HasSubstr("1 lost run; "));
}

TEST(Assessment, CasesOfTheSuiteWithoutARun_AreListed) {
  auto now = execution("now", {run("a/1")});
  now.cases = {"a", "b"};
  const auto assessment = assess_last(ledger({now}));
  EXPECT_THAT(assessment.cases_without_run, ElementsAre("b"));
  EXPECT_THAT(assessment.first_line, HasSubstr("1 case without a run"));
}

TEST(Assessment, FirstLine_IsOneLineWhateverTheLedgerSays) {
  auto error = broken("a/1", kHostile, std::string(100'000, 'x'));
  const auto assessment = assess_runs({error});
  EXPECT_THAT(assessment.first_line, Not(HasSubstr("\n")));
  EXPECT_THAT(assessment.first_line, Not(HasSubstr("\x1b")));
  EXPECT_LT(assessment.first_line.size(), 2000);
}

}  // namespace
}  // namespace capsize::harness
