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
  scripts.push_back(make_script(std::move(faults)));
  return scripts;
}

/// Runs a schedule on a fake cluster in steps of 10 ms and records the log.
struct ScheduleRun {
  ScheduleRun(std::vector<PlannedFault> faults, std::size_t nodes = 5, std::size_t spares = 0)
      : cluster(nodes, spares),
        nemesis(one_phase(std::move(faults)), cluster, 1, [this](const FaultEvent& event) {
          log.push_back(std::string(name(event.stage)) + " " + std::string(name(event.state)));
          lines.push_back(to_json(event));
        }) {
    cluster.state.leader = 0;
  }
  void advance_to(base::Duration until) {
    for (; now <= until; now += 10ms) nemesis.step(now);
  }
  FakeCluster cluster;
  std::vector<std::string> log;
  std::vector<base::Json> lines;
  Nemesis nemesis;
  base::Duration now{};
};

TEST(Nemesis, Kill_BeginsHealsAndIsLoggedWithEvidence) {
  ScheduleRun run({planned(1, {.kind = "kill", .target = Target::kLeader}, 100ms, 50ms)});
  run.advance_to(200ms);
  EXPECT_THAT(run.cluster.calls, ElementsAre("kill n1", "restart n1"));
  EXPECT_THAT(run.log, ElementsAre("planned planned", "begin installed", "end installed"));
  EXPECT_EQ(run.lines.back()["evidence"]["begin"]["n1"]["signal"], 9);
  EXPECT_EQ(run.lines.back()["target"]["nodes"][0], "n1");
}

TEST(Nemesis, PauseThatTheKernelDoesNotConfirm_IsIndeterminate) {
  ScheduleRun run({planned(1, {.kind = "pause", .target = Target::kOne}, 0ms, 50ms)});
  run.cluster.pause_works = false;
  run.advance_to(100ms);
  EXPECT_EQ(run.nemesis.records().front().state, FaultState::kIndeterminate);
  EXPECT_THAT(run.nemesis.records().front().reason, HasSubstr("evidence"));
}

TEST(Nemesis, CutThatDiscardedNothing_IsIndeterminate) {
  ScheduleRun run({planned(1, {.kind = "cut", .target = Target::kOne}, 0ms, 50ms)});
  run.cluster.proxy_evidence = {{"seen", 0}, {"discarded", 0}};
  run.advance_to(100ms);
  EXPECT_EQ(run.nemesis.records().front().state, FaultState::kIndeterminate);
}

TEST(Nemesis, PauseOfAKilledNode_WaitsForItsRestart) {
  ScheduleRun run({planned(1, {.kind = "kill", .target = Target::kLeader}, 0ms, 300ms),
                   planned(2, {.kind = "pause", .target = Target::kLeader}, 100ms, 50ms)},
                  3);
  run.advance_to(250ms);
  EXPECT_THAT(run.cluster.calls, ElementsAre("kill n1"));
  run.advance_to(320ms);
  run.cluster.state.leader = 0;
  run.advance_to(500ms);
  EXPECT_THAT(run.cluster.calls, ElementsAre("kill n1", "restart n1", "pause n1", "resume n1"));
}

TEST(Nemesis, ConcurrentFaults_TakeAtMostAMinorityOutOfService) {
  ScheduleRun run({planned(1, {.kind = "kill", .target = Target::kMinority}, 0ms, 500ms),
                   planned(2, {.kind = "cut", .target = Target::kOne}, 100ms, 50ms)});
  run.cluster.state.leader.reset();
  for (; run.now <= 450ms; run.now += 10ms) {
    run.nemesis.step(run.now);
    // A cut of one of the two killed nodes would keep to a minority, but a stopped node gets no
    // other fault.
    EXPECT_THAT(run.cluster.rules, IsEmpty());
  }
}

TEST(Nemesis, FaultOnAllNodes_RunsAlone) {
  ScheduleRun run({planned(1, {.kind = "pause", .target = Target::kOne}, 0ms, 300ms),
                   planned(2, {.kind = "kill", .target = Target::kAll}, 100ms, 100ms),
                   planned(3, {.kind = "pause", .target = Target::kOne}, 320ms, 50ms)});
  run.advance_to(290ms);
  EXPECT_EQ(run.cluster.calls.size(), 1U) << "the kill of all waits for the pause to end";
  run.advance_to(390ms);
  EXPECT_EQ(run.cluster.calls.size(), 2U + 5U) << "nothing is paused while all nodes are down";
  run.advance_to(600ms);
  EXPECT_EQ(run.cluster.calls.size(), 2U + 10U + 2U);
}

TEST(Nemesis, FaultWithoutALeader_IsSkippedWithTheReason) {
  ScheduleRun run({planned(1, {.kind = "cut", .target = Target::kLeader}, 0ms, 50ms)});
  run.cluster.state.leader.reset();
  run.advance_to(2s);
  EXPECT_THAT(run.log, ElementsAre("planned planned", "begin skipped"));
  EXPECT_THAT(run.nemesis.records().front().reason, HasSubstr("no leader"));
  EXPECT_THAT(run.cluster.calls, IsEmpty());
}

TEST(Nemesis, Stop_HealsActiveFaultsAndSkipsPendingOnes_Idempotently) {
  ScheduleRun run({planned(1, {.kind = "pause", .target = Target::kOne}, 0ms, 10s),
                   planned(2, {.kind = "drop", .target = Target::kAll}, 0ms, 10s),
                   planned(3, {.kind = "kill", .target = Target::kOne}, 5s, 1s)});
  run.advance_to(100ms);
  EXPECT_THAT(run.nemesis.active(), HasSubstr("pause n"));
  run.nemesis.stop(200ms, "interrupted");
  run.nemesis.stop(300ms, "interrupted");
  EXPECT_THAT(run.cluster.rules, IsEmpty());
  EXPECT_EQ(run.cluster.calls.size(), 4U);
  EXPECT_EQ(run.nemesis.records().back().state, FaultState::kSkipped);
  EXPECT_THAT(run.nemesis.active(), IsEmpty());
}

TEST(Nemesis, Step_ReturnsTheTimeOfTheNextEvent) {
  ScheduleRun run({planned(1, {.kind = "pause", .target = Target::kOne}, 100ms, 50ms)});
  EXPECT_EQ(run.nemesis.step(0ms), 100ms);
  EXPECT_EQ(run.nemesis.step(100ms), 150ms);
  EXPECT_EQ(run.nemesis.step(150ms), std::nullopt);
}

// The contract of every registered kind of fault: it takes effect, its evidence proves it, and
// healing restores the cluster.
TEST(EveryFault, EveryKind_TakesEffectWithEvidenceAndHeals) {
  for (const auto& kind : FaultKinds::instance().all()) {
    ScheduleRun run({planned(1, kind->spec(), 0ms, 50ms)}, 5, 1);
    run.advance_to(20ms);
    EXPECT_FALSE(run.cluster.calls.empty()) << kind->name();
    run.advance_to(100ms);
    EXPECT_EQ(run.nemesis.records().front().state, FaultState::kInstalled) << kind->name();
    EXPECT_TRUE(run.cluster.rules.empty()) << kind->name();
    EXPECT_EQ(run.cluster.state.members, run.cluster.state.core()) << kind->name();
    for (const auto& node : run.cluster.state.nodes) {
      EXPECT_TRUE(node.running && !node.paused) << kind->name();
    }
  }
}

// The contract of every registered strategy: its fault specs name registered kinds, and each can be
// injected into a healthy cluster of five.
TEST(StrategyContract, EveryFaultSpecOfEveryStrategy_TakesEffect) {
  for (const auto& strategy : Strategies::instance().all()) {
    ASSERT_TRUE(!strategy->faults().empty() || strategy->script()) << strategy->name();
    for (const auto& spec : strategy->faults()) {
      ASSERT_NE(FaultKinds::instance().find(spec.kind), nullptr) << strategy->name();
      EXPECT_LE(spec.hold_min, spec.hold_max) << strategy->name();
      ScheduleRun run({planned(1, spec, 0ms, 50ms)}, 5, strategy->spares());
      run.advance_to(100ms);
      EXPECT_EQ(run.nemesis.records().front().state, FaultState::kInstalled) << strategy->name();
    }
  }
}

TEST(StrategyContract, EveryScript_RequestsRegisteredFaults) {
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
