// Which cell runs next, with which number and seed; and the comparison with a baseline.
#include "harness/score/choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "harness/score/baseline.h"
#include "harness/score/score_queue.h"
#include "tests/harness/score_support.h"

namespace capsize::harness {
namespace {

using checker::Verdict;
using testing::HasSubstr;
using namespace testing_score;

CellState state(unsigned tier, std::uint64_t caught, std::uint64_t counted) {
  CellState state;
  state.tier = tier;
  state.caught = caught;
  state.counted = counted;
  return state;
}

const std::vector<std::size_t> kInOrder = {0, 1, 2};

TEST(CellChoice, DirectedComesFirstThenMixturesThenTheWidestInterval) {
  const std::vector<CellState> fresh = {state(2, 0, 0), state(1, 0, 0), state(0, 0, 0)};
  EXPECT_EQ(choose_cell(fresh, kInOrder, {}), 2U);
  const std::vector<CellState> directed = {state(2, 0, 0), state(1, 0, 0), state(0, 3, 3)};
  EXPECT_EQ(choose_cell(directed, kInOrder, {}), 1U);
  const std::vector<CellState> mixed = {state(2, 0, 0), state(1, 0, 3), state(0, 3, 3)};
  EXPECT_EQ(choose_cell(mixed, kInOrder, {}), 0U);
  // 5 of 10 is less certain than 0 of 10, and 0 of 10 less than 0 of 30.
  const std::vector<CellState> narrow = {state(2, 0, 10), state(1, 5, 10), state(0, 0, 30)};
  EXPECT_EQ(choose_cell(narrow, kInOrder, {}), 1U);
}

TEST(CellChoice, EqualCells_FollowTheOrder) {
  const std::vector<CellState> equal(3, state(2, 1, 4));
  EXPECT_EQ(choose_cell(equal, {1, 0, 2}, {}), 1U);
  EXPECT_EQ(cell_order(50, 7), cell_order(50, 7));
  EXPECT_NE(cell_order(50, 7), cell_order(50, 8));
}

TEST(CellChoice, RunsThatAreRunning_Count) {
  std::vector<CellState> cells = {state(0, 0, 2), state(0, 0, 2), state(0, 0, 3)};
  cells[0].running = 1;
  EXPECT_EQ(choose_cell(cells, kInOrder, {}), 1U);
}

TEST(CellChoice, RunsOption_StopsEveryCellThere) {
  const Extent two{.runs = 2};
  const std::vector<CellState> some = {state(0, 2, 2), state(1, 1, 2), state(2, 0, 1)};
  EXPECT_EQ(choose_cell(some, kInOrder, two), 2U);
  const std::vector<CellState> done = {state(0, 2, 2), state(1, 1, 2), state(2, 0, 2)};
  EXPECT_EQ(choose_cell(done, kInOrder, two), std::nullopt);
}

TEST(CellChoice, CellWhoseRunsNeverCount_IsLeftAfterThree) {
  std::vector<CellState> cells = {state(0, 0, 0), state(2, 5, 10), state(2, 0, 10)};
  cells[0].uncounted_now = 2;
  EXPECT_EQ(choose_cell(cells, kInOrder, {}), 0U);
  cells[0].uncounted_now = 3;
  EXPECT_EQ(choose_cell(cells, kInOrder, {}), 1U);
}

TEST(CellChoice, ImpossibleCells_AreNeverChosen) {
  std::vector<CellState> cells = {state(0, 0, 0)};
  cells[0].possible = false;
  EXPECT_EQ(choose_cell(cells, {0}, {}), std::nullopt);
}

TEST(CellChoice, BaselineComesFirst_UntilTheBugIsCaughtOrContradicted) {
  std::vector<CellState> cells = {state(0, 0, 0), state(1, 0, 4), state(2, 0, 0)};
  cells[1].baseline_runs = 5;
  EXPECT_EQ(choose_cell(cells, kInOrder, {}), 1U);
  cells[1].counted = 5;
  EXPECT_EQ(choose_cell(cells, kInOrder, {}), 0U);
  EXPECT_EQ(choose_cell(cells, kInOrder, {.only_baseline = true}), std::nullopt);
  cells[1].counted = cells[1].caught = 1;
  EXPECT_EQ(choose_cell(cells, kInOrder, {.only_baseline = true}), std::nullopt);
}

std::vector<PlannedRun> plan(const std::vector<ScoreCell>& planned, const Ledger& ledger,
                             std::uint64_t runs, std::uint64_t seed = 7) {
  const QueueOptions options{
      .extent = {.runs = runs}, .seed = seed, .revision = "now", .baseline = {}};
  return plan_score(planned, options, ledger, std::nullopt, 1000);
}

TEST(ScoreQueue, Runs_AreNumberedWithinTheirCellAndFollowFromTheSeed) {
  const auto planned = cells({kDirected, "all"});
  const auto first = plan(planned, {}, 2);
  ASSERT_EQ(first.size(), 12U);
  std::set<std::string> ids;
  for (const auto& run : first) ids.insert(run.id);
  EXPECT_EQ(ids.size(), 12U);
  EXPECT_TRUE(ids.contains("a/directed/1") && ids.contains("none/all/2"));
  const auto again = plan(planned, {}, 2);
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].id, again[i].id);
    EXPECT_EQ(first[i].seed, again[i].seed);
  }
  EXPECT_NE(plan(planned, {}, 2, 8).front().seed, first.front().seed);
}

TEST(ScoreQueue, NextCall_RepeatsNoNumberAndNoSeed) {
  const auto planned = cells({"all"});
  const auto first = plan(planned, {}, 3);
  std::vector<LedgerRun> runs;
  std::set<std::pair<std::string, std::uint64_t>> used;
  for (const auto& run : first) {
    LedgerRun done = missed(run.id);
    done.seed = run.seed;
    runs.push_back(done);
    used.emplace(run.id.substr(0, run.id.rfind('/')), run.seed);
  }
  for (const std::uint64_t seed : {7U, 99U}) {
    const auto second = plan(planned, ledger(planned, runs), 5, seed);
    EXPECT_EQ(second.size(), 6U) << "two more for each of three cells";
    for (const auto& run : second) {
      EXPECT_THAT(run.id, testing::AnyOf(testing::EndsWith("/4"), testing::EndsWith("/5")));
      EXPECT_TRUE(used.emplace(run.id.substr(0, run.id.rfind('/')), run.seed).second);
    }
  }
}

TEST(ScoreQueue, SeedThatWasUsed_IsSkippedWithItsNumber) {
  const auto planned = cells({"all"}, {two_bugs().front()});
  const auto wanted = plan(planned, {}, 1);
  // The seed of number 1 under another number 0, as from a ledger of another seed.
  LedgerRun used = missed(wanted.front().id.substr(0, wanted.front().id.rfind('/')) + "/0");
  used.seed = wanted.front().seed;
  used.revision = "before";
  const auto next = plan(planned, ledger(planned, {used}), 1);
  for (const auto& run : next) EXPECT_NE(run.seed, used.seed);
  EXPECT_THAT(next.front().id, testing::EndsWith("/2"));
}

TEST(ScoreQueue, LostRun_IsNotRepeatedWithItsNumber) {
  const auto planned = cells({"all"}, {two_bugs().front()});
  Ledger lost = ledger(planned, {});
  lost.executions.front().lost.push_back({.id = "a/all/2", .seed = 5, .path = "x"});
  Ledger open = ledger(planned, {});
  open.executions.front().open["a/all/2"] = {.id = "a/all/2", .seed = 6, .path = "y"};
  for (const Ledger& found : {lost, open}) {
    for (const auto& run : plan(planned, found, 1)) {
      EXPECT_TRUE(run.id == "a/all/3" || run.id == "none/all/1") << run.id;
    }
  }
}

TEST(ScoreQueue, RunsOfAnotherRevision_DoNotCount) {
  const auto planned = cells({"all"}, {two_bugs().front()});
  LedgerRun old = missed("a/all/1");
  old.revision = "before";
  EXPECT_EQ(plan(planned, ledger(planned, {old}), 1).size(), 2U);
  EXPECT_EQ(plan(planned, ledger(planned, {missed("a/all/1")}), 1).size(), 1U);
}

TEST(ScoreQueue, Budget_EndsThePlan) {
  const auto planned = cells({"all"});
  const QueueOptions options{.extent = {}, .seed = 7, .revision = "now", .baseline = {}};
  // 20 s of load and what is around it, each.
  EXPECT_EQ(plan_score(planned, options, {}, 55.0, 1000).size(), 2U);
  EXPECT_EQ(plan_score(planned, options, {}, 1.0, 1000).size(), 0U);
}

TEST(ScoreQueue, CleanDirectedCell_RunsEveryScenarioFirst) {
  std::vector<ScoredBug> bugs;
  for (int i = 0; i < 5; ++i) bugs.push_back(bug("bug-" + std::to_string(i)));
  std::uint64_t retries = 0;
  const auto own_setting = [&](const std::string&) -> base::Result<std::optional<Scenario>> {
    Scenario scenario = default_scenario();
    scenario.retries = ++retries;
    return std::optional(scenario);
  };
  const auto planned = plan_cells(bugs, {kDirected}, std::chrono::seconds(20), own_setting).value();
  EXPECT_EQ(initial_state(planned.back()).first_runs, 5U);
}

Matrix matrix_of(const std::vector<LedgerRun>& runs) {
  const auto planned = cells({kDirected, "all"});
  return fill_matrix(planned, ledger(planned, runs), "now", false);
}

const std::vector<std::string> kNames = {"a", "b"};
const std::vector<std::string> kColumns = {kDirected, "all"};

TEST(Baseline, HasCellsThatWereCaughtInThreeRunsOrMore) {
  const auto then = matrix_of({caught("a/directed/1"), caught("a/directed/2"),
                               caught("a/directed/3"), caught("a/all/1"), caught("a/all/2"),
                               missed("b/all/1"), missed("b/all/2"), missed("b/all/3")});
  const auto found = baseline_cells(then, kNames, kColumns);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().key, CellKey("a", kDirected));
  EXPECT_EQ(found.front().needed, 3U);
  EXPECT_TRUE(baseline_cells(then, {"b"}, kColumns).empty());
  EXPECT_TRUE(baseline_cells(then, kNames, {"all"}).empty());
}

TEST(Baseline, FalseAlarmsOfTheCleanNode_AreNothingToCatchAgain) {
  const auto then =
      matrix_of({invalid("none/all/1", failure("live")), invalid("none/all/2", failure("live")),
                 invalid("none/all/3", failure("live"))});
  EXPECT_TRUE(baseline_cells(then, kNames, kColumns).empty());
}

TEST(Baseline, MissedInEnoughRuns_IsARegression) {
  const std::vector<BaselineCell> then = {
      {.key = {"a", kDirected}, .caught = 3, .runs = 3, .needed = 3}};
  const auto too_few = compare(then, matrix_of({missed("a/directed/1"), missed("a/directed/2")}));
  EXPECT_TRUE(too_few.regressions.empty());
  ASSERT_EQ(too_few.undecided.size(), 1U);
  EXPECT_THAT(too_few.undecided.front(), HasSubstr("now in 0 of 2; 3 are needed"));
  const auto enough = compare(then, matrix_of({missed("a/directed/1"), missed("a/directed/2"),
                                               invalid("a/directed/3", failure("crash"))}));
  ASSERT_EQ(enough.regressions.size(), 1U);
  EXPECT_EQ(enough.regressions.front(),
            "a under directed: caught in 3 of 3 runs before, now in 0 of 3");
  const auto again = compare(then, matrix_of({missed("a/directed/1"), caught("a/directed/2")}));
  EXPECT_TRUE(again.regressions.empty() && again.undecided.empty());
}

}  // namespace
}  // namespace capsize::harness
