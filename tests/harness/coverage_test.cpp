#include "harness/judge/coverage.h"

#include <gtest/gtest.h>

#include "harness/scenario/plan.h"

namespace capsize::harness {
namespace {

using nemesis::FaultRecord;
using nemesis::FaultState;

Scenario scenario_with(std::vector<std::string> nemesis) {
  Scenario scenario;
  scenario.nemesis = std::move(nemesis);
  scenario.seed = 1;
  return scenario;
}

bool all_hold(const std::vector<Expectation>& lines) {
  for (const auto& line : lines) {
    if (!line.holds()) return false;
  }
  return true;
}

Statistics busy_run() {
  Statistics statistics;
  for (const char* f : {"read", "write", "cas"}) statistics.by_function[f].ok = 10000;
  for (int i = 0; i < 20000; ++i) statistics.ok_times.push_back(std::chrono::milliseconds(i));
  return statistics;
}

TEST(Coverage, NoNemesis_ExpectsOperationsOnly) {
  const auto scenario = scenario_with({});
  const auto expect = default_expectations(scenario, plan(scenario));
  EXPECT_TRUE(expect.faults.empty());
  EXPECT_EQ(expect.leader_changes, 0U);
  EXPECT_TRUE(all_hold(compare(expect, busy_run(), {}, 0)));
}

TEST(Coverage, WithoutASuccessfulOperation_IsNotReached) {
  const auto scenario = scenario_with({});
  EXPECT_FALSE(all_hold(compare(default_expectations(scenario, {}), Statistics{}, {}, 0)));
}

TEST(Coverage, FunctionThatNeverSucceeds_IsNotReached) {
  const auto scenario = scenario_with({});
  Statistics statistics = busy_run();
  statistics.by_function["cas"].ok = 0;
  EXPECT_FALSE(all_hold(compare(default_expectations(scenario, {}), statistics, {}, 0)));
}

TEST(Coverage, FaultsThatTookEffect_Count_SkippedOnesDoNot) {
  const auto scenario = scenario_with({"kill", "pause"});
  const auto planned = plan(scenario);
  const auto& schedule = planned.scheduled;
  const auto expect = default_expectations(scenario, planned);
  std::vector<FaultRecord> faults;
  for (const auto& fault : schedule) {
    faults.push_back({.fault = std::make_shared<nemesis::PlannedFault>(fault),
                      .state = FaultState::kInstalled,
                      .begin = fault.at,
                      .end = fault.at + fault.hold});
  }
  EXPECT_TRUE(all_hold(compare(expect, busy_run(), faults, 9)));
  EXPECT_FALSE(all_hold(compare(expect, busy_run(), faults, 0))) << "leaders that never change";
  for (auto& fault : faults) fault.state = FaultState::kSkipped;
  EXPECT_FALSE(all_hold(compare(expect, busy_run(), faults, 9)));
  for (auto& fault : faults) fault.state = FaultState::kIndeterminate;
  EXPECT_FALSE(all_hold(compare(expect, busy_run(), faults, 9)));
}

TEST(Coverage, OneNode_IsNotExpectedToServeWhileItIsDown) {
  Scenario scenario = scenario_with({"kill", "pause"});
  scenario.nodes = 1;
  EXPECT_EQ(default_expectations(scenario, plan(scenario)).ok_during_faults, 0U);
  scenario.nodes = 3;
  EXPECT_GT(default_expectations(scenario, plan(scenario)).ok_during_faults, 0U);
}

TEST(Coverage, DefaultRun_ExpectsFaultsOfEveryKindAndThreeLeaderChanges) {
  const auto scenario = scenario_with(parse_nemesis("default"));
  const auto expect = default_expectations(scenario, plan(scenario));
  EXPECT_GE(expect.leader_changes, 3U);
  EXPECT_GE(expect.faults.at("any"), 9U);
  EXPECT_GE(expect.faults.at("cut"), 2U);
}

TEST(Coverage, RateThatTheMachineCannotGenerate_IsReportedAsSuch) {
  Scenario scenario;
  scenario.rate = 200'000;
  Statistics statistics;
  statistics.by_function["read"] = {.ok = 9000, .fail = 1000, .info = 0};
  EXPECT_EQ(load_not_generated(scenario, statistics, std::chrono::seconds(2), 4500),
            "load could not be generated: 200000 operations a second asked, 5000 reached with 10 "
            "clients");
  scenario.rate = 6000;
  EXPECT_EQ(load_not_generated(scenario, statistics, std::chrono::seconds(2), 4500), "");
  // No operation succeeded, so whether the machine could generate the load is unknown.
  scenario.rate = 200'000;
  EXPECT_EQ(load_not_generated(scenario, statistics, std::chrono::seconds(2), 0), "");
  EXPECT_EQ(load_not_generated(scenario, statistics, {}, 4500), "");
}

FaultRecord installed(const std::string& kind, const std::string& planned_by) {
  auto fault = std::make_shared<nemesis::PlannedFault>();
  fault->spec.kind = kind;
  fault->spec.planned_by = planned_by;
  return {.fault = fault, .state = FaultState::kInstalled};
}

TEST(Coverage, EachNamedStrategy_ExpectsAFaultThatTakesEffect) {
  const auto scenario = scenario_with({"kill", "membership", "one-by-one"});
  const auto kill = installed("kill", "kill");
  EXPECT_FALSE(all_hold(named_faults(scenario, {})));
  EXPECT_FALSE(all_hold(named_faults(scenario, {kill}))) << "nothing of membership";
  EXPECT_TRUE(all_hold(named_faults(scenario, {kill, installed("grow", "membership")})));
  auto skipped = installed("grow", "membership");
  skipped.state = FaultState::kSkipped;
  EXPECT_FALSE(all_hold(named_faults(scenario, {kill, skipped})));
}

TEST(Coverage, PhasesAndScripts_ExpectAnyFault_NoNemesisNone) {
  auto phases = scenario_with({});
  phases.phases = base::Json::parse(R"([{"faults":[{"kind":"kill"}]}])");
  EXPECT_FALSE(all_hold(named_faults(phases, {})));
  EXPECT_FALSE(all_hold(named_faults(scenario_with({"one-by-one"}), {})));
  EXPECT_TRUE(all_hold(named_faults(scenario_with({"all"}), {installed("kill", "kill")})));
  EXPECT_TRUE(named_faults(scenario_with({}), {}).empty());
}

Plan plan_of_phases(const char* phases, std::uint64_t repeat) {
  auto scenario = scenario_with({});
  scenario.phases = base::Json::parse(phases);
  scenario.repeat_phases = repeat;
  scenario.time_limit = std::chrono::seconds(20);
  return plan(scenario);
}

TEST(Plan, OfAnEndlessScript_EndsWithTheRunOrAtALimit) {
  const auto timed = plan_of_phases(R"([{"faults":[{"kind":"kill","hold":"1s"}]}])", 1'000'000);
  EXPECT_EQ(timed.predicted.size(), 20U) << "a second each";
  EXPECT_FALSE(timed.continues);
  const auto anchored =
      plan_of_phases(R"([{"faults":[{"kind":"kill","when":"leader"}]}])", 1'000'000);
  EXPECT_LE(anchored.predicted.size(), kPredictedMax);
  EXPECT_TRUE(anchored.continues);
  EXPECT_TRUE(plan_of_phases(R"([{"faults":[]}])", 1'000'000).continues);
  EXPECT_FALSE(plan_of_phases(R"([{"faults":[{"kind":"kill","when":"leader"}]}])", 3).continues);
}

}  // namespace
}  // namespace capsize::harness
