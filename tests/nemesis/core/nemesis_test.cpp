#include "nemesis/engine/nemesis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_cluster.h"
#include "nemesis/plan/schedule.h"

namespace capsize::nemesis {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

PlannedFault planned(std::uint64_t id, FaultSpec spec, base::Duration at, base::Duration hold) {
  return {.id = id, .spec = std::move(spec), .at = at, .hold = hold};
}

std::vector<std::unique_ptr<Script>> one_phase(std::vector<PlannedFault> faults) {
  std::vector<std::unique_ptr<Script>> scripts;
  scripts.push_back(script_of(std::move(faults)));
  return scripts;
}

/// Runs a schedule in steps of 10 ms up to `until`, and keeps what was logged.
struct Stage {
  Stage(std::vector<PlannedFault> faults, std::size_t nodes = 5, std::size_t spares = 0)
      : cluster(nodes, spares),
        nemesis(one_phase(std::move(faults)), cluster, 1, [this](const FaultEvent& event) {
          log.push_back(std::string(name(event.stage)) + " " + std::string(name(event.state)));
          lines.push_back(to_json(event));
        }) {
    cluster.state.leader = 0;
  }
  void run_until(base::Duration until) {
    for (; now <= until; now += 10ms) nemesis.step(now);
  }
  FakeCluster cluster;
  std::vector<std::string> log;
  std::vector<base::Json> lines;
  Nemesis nemesis;
  base::Duration now{};
};

TEST(Nemesis, Kill_IsBegunHealedAndLoggedWithEvidence) {
  Stage stage({planned(1, {.kind = "kill", .target = Target::kLeader}, 100ms, 50ms)});
  stage.run_until(200ms);
  EXPECT_THAT(stage.cluster.calls, ElementsAre("kill n1", "restart n1"));
  EXPECT_THAT(stage.log, ElementsAre("planned planned", "begin installed", "end installed"));
  EXPECT_EQ(stage.lines.back()["evidence"]["begin"]["n1"]["signal"], 9);
  EXPECT_EQ(stage.lines.back()["target"]["nodes"][0], "n1");
}

TEST(Nemesis, PauseThatTheKernelDoesNotShow_IsIndeterminate) {
  Stage stage({planned(1, {.kind = "pause", .target = Target::kOne}, 0ms, 50ms)});
  stage.cluster.pause_works = false;
  stage.run_until(100ms);
  EXPECT_EQ(stage.nemesis.records().front().state, FaultState::kIndeterminate);
  EXPECT_THAT(stage.nemesis.records().front().reason, HasSubstr("evidence"));
}

TEST(Nemesis, CutThatDiscardedNothing_IsIndeterminate) {
  Stage stage({planned(1, {.kind = "cut", .target = Target::kOne}, 0ms, 50ms)});
  stage.cluster.proxy_evidence = {{"seen", 0}, {"discarded", 0}};
  stage.run_until(100ms);
  EXPECT_EQ(stage.nemesis.records().front().state, FaultState::kIndeterminate);
}

TEST(Nemesis, PauseOfADeadNode_WaitsUntilItIsUpAgain) {
  Stage stage({planned(1, {.kind = "kill", .target = Target::kLeader}, 0ms, 300ms),
               planned(2, {.kind = "pause", .target = Target::kLeader}, 100ms, 50ms)},
              3);
  stage.run_until(250ms);
  EXPECT_THAT(stage.cluster.calls, ElementsAre("kill n1"));
  stage.run_until(320ms);
  stage.cluster.state.leader = 0;
  stage.run_until(500ms);
  EXPECT_THAT(stage.cluster.calls, ElementsAre("kill n1", "restart n1", "pause n1", "resume n1"));
}

TEST(Nemesis, FaultsTogether_NeverTakeMoreThanAMinority) {
  Stage stage({planned(1, {.kind = "kill", .target = Target::kMinority}, 0ms, 500ms),
               planned(2, {.kind = "cut", .target = Target::kOne}, 100ms, 50ms)});
  stage.cluster.state.leader.reset();
  for (; stage.now <= 450ms; stage.now += 10ms) {
    stage.nemesis.step(stage.now);
    // A cut of one of the two dead nodes would be within the budget, but a dead node is left alone.
    EXPECT_THAT(stage.cluster.rules, IsEmpty());
  }
}

TEST(Nemesis, FaultOnAll_IsAlone) {
  Stage stage({planned(1, {.kind = "pause", .target = Target::kOne}, 0ms, 300ms),
               planned(2, {.kind = "kill", .target = Target::kAll}, 100ms, 100ms),
               planned(3, {.kind = "pause", .target = Target::kOne}, 320ms, 50ms)});
  stage.run_until(290ms);
  EXPECT_EQ(stage.cluster.calls.size(), 1U) << "the kill of all waits for the pause to end";
  stage.run_until(390ms);
  EXPECT_EQ(stage.cluster.calls.size(), 2U + 5U) << "nothing is paused while all are dead";
  stage.run_until(600ms);
  EXPECT_EQ(stage.cluster.calls.size(), 2U + 10U + 2U);
}

TEST(Nemesis, NoLeaderForTooLong_IsSkippedWithTheReason) {
  Stage stage({planned(1, {.kind = "cut", .target = Target::kLeader}, 0ms, 50ms)});
  stage.cluster.state.leader.reset();
  stage.run_until(2s);
  EXPECT_THAT(stage.log, ElementsAre("planned planned", "begin skipped"));
  EXPECT_THAT(stage.nemesis.records().front().reason, HasSubstr("no leader"));
  EXPECT_THAT(stage.cluster.calls, IsEmpty());
}

TEST(Nemesis, Stop_HealsWhatIsInForceAndSkipsTheRest_Twice) {
  Stage stage({planned(1, {.kind = "pause", .target = Target::kOne}, 0ms, 10s),
               planned(2, {.kind = "drop", .target = Target::kAll}, 0ms, 10s),
               planned(3, {.kind = "kill", .target = Target::kOne}, 5s, 1s)});
  stage.run_until(100ms);
  EXPECT_THAT(stage.nemesis.active(), HasSubstr("pause n"));
  stage.nemesis.stop(200ms, "interrupted");
  stage.nemesis.stop(300ms, "interrupted");
  EXPECT_THAT(stage.cluster.rules, IsEmpty());
  EXPECT_EQ(stage.cluster.calls.size(), 4U);
  EXPECT_EQ(stage.nemesis.records().back().state, FaultState::kSkipped);
  EXPECT_THAT(stage.nemesis.active(), IsEmpty());
}

TEST(Nemesis, StepReturnsWhenItIsNeededNext) {
  Stage stage({planned(1, {.kind = "pause", .target = Target::kOne}, 100ms, 50ms)});
  EXPECT_EQ(stage.nemesis.step(0ms), 100ms);
  EXPECT_EQ(stage.nemesis.step(100ms), 150ms);
  EXPECT_EQ(stage.nemesis.step(150ms), std::nullopt);
}

// The contract of every registered kind of fault: it installs, its evidence is believed, it heals,
// and what it touched is as before.
TEST(EveryFault, EveryKind_InstallsShowsEvidenceAndHeals) {
  for (const auto& kind : FaultKinds::instance().all()) {
    Stage stage({planned(1, kind->spec(), 0ms, 50ms)}, 5, 1);
    stage.run_until(20ms);
    EXPECT_FALSE(stage.cluster.calls.empty()) << kind->name();
    stage.run_until(100ms);
    EXPECT_EQ(stage.nemesis.records().front().state, FaultState::kInstalled) << kind->name();
    EXPECT_TRUE(stage.cluster.rules.empty()) << kind->name();
    EXPECT_EQ(stage.cluster.state.members, stage.cluster.state.core()) << kind->name();
    for (const auto& node : stage.cluster.state.nodes) {
      EXPECT_TRUE(node.running && !node.paused) << kind->name();
    }
  }
}

// The contract of every registered strategy: its fault specs name registered faults, and each of
// them can be played on a healthy cluster of five.
TEST(StrategyContract, EveryCardOfEveryStrategy_CanBePlayed) {
  for (const auto& strategy : Strategies::instance().all()) {
    ASSERT_TRUE(!strategy->faults().empty() || strategy->script()) << strategy->name();
    for (const auto& spec : strategy->faults()) {
      ASSERT_NE(FaultKinds::instance().find(spec.kind), nullptr) << strategy->name();
      EXPECT_LE(spec.hold_min, spec.hold_max) << strategy->name();
      Stage stage({planned(1, spec, 0ms, 50ms)}, 5, strategy->spares());
      stage.run_until(100ms);
      EXPECT_EQ(stage.nemesis.records().front().state, FaultState::kInstalled) << strategy->name();
    }
  }
}

TEST(StrategyContract, EveryScript_GoesOnAndNamesRegisteredFaults) {
  for (const auto& strategy : Strategies::instance().all()) {
    const auto script = strategy->script();
    if (!script) continue;
    base::Prng prng(1);
    FakeCluster cluster(5, strategy->spares());
    std::size_t faults = 0;
    for (std::uint64_t phase = 0; phase < 50; ++phase) {
      const auto next = script->next({.cluster = cluster.state, .phases = phase}, prng);
      if (!next) break;
      for (const auto& fault : next->faults) {
        const auto* kind = FaultKinds::instance().find(fault.spec.kind);
        ASSERT_NE(kind, nullptr) << strategy->name();
        EXPECT_TRUE(check(kind->parameters(), fault.spec.params)) << strategy->name();
        ++faults;
      }
    }
    EXPECT_GT(faults, 0U) << strategy->name();
  }
}

}  // namespace
}  // namespace capsize::nemesis
