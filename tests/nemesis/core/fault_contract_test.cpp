// The contract of every registered kind of fault, beyond taking effect, evidence and healing
// (nemesis_test.cpp): it can be injected twice, and an interruption heals it completely.

#include <gtest/gtest.h>

#include "simulated_run.h"

namespace capsize::nemesis {
namespace {

using namespace std::chrono_literals;

class FaultContract : public testing::TestWithParam<std::string> {
 protected:
  /// Injects the fault `times` times, one after the other, each held for 50 ms.
  static std::unique_ptr<SimulatedRun> run(std::uint64_t times) {
    const FaultKind& kind = *FaultKinds::instance().find(GetParam());
    PhasePlan plan{
        .phase = {.faults = {{.spec = kind.spec()}}}, .probabilities = {1}, .repeat = times};
    FaultSpec& spec = plan.phase.faults[0].spec;
    spec.hold_min = spec.hold_max = 50ms;
    std::vector<std::unique_ptr<Script>> scripts;
    scripts.push_back(make_script({std::move(plan)}, 1));
    return std::make_unique<SimulatedRun>(std::move(scripts), 5, kind.spares());
  }
  static void expect_healthy(const SimulatedRun& run) {
    EXPECT_TRUE(run.cluster.rules.empty());
    EXPECT_EQ(run.cluster.state.members, run.cluster.state.core());
    for (const auto& node : run.cluster.state.nodes) EXPECT_TRUE(node.running && !node.paused);
    for (const auto& [node, process] : run.cluster.processes) EXPECT_FALSE(process.faulty());
    EXPECT_TRUE(run.cluster.damaged.empty());
    EXPECT_TRUE(run.cluster.without_clients.empty());
    EXPECT_EQ(run.nemesis.active(), "");
  }
};

TEST_P(FaultContract, TwoInjections_BothTakeEffectAndHeal) {
  const auto twice = run(2);
  for (int i = 0; i < 3; ++i) {
    // The leader may have been hit; another node leads by then.
    twice->advance_to(twice->now + 100ms);
    for (Node node = 0; node < 5; ++node) {
      if (twice->cluster.state.nodes[node].running) twice->cluster.state.leader = node;
    }
  }
  ASSERT_EQ(twice->nemesis.records().size(), 2U);
  for (const auto& record : twice->nemesis.records()) {
    EXPECT_EQ(record.state, FaultState::kInstalled) << record.reason;
  }
  expect_healthy(*twice);
}

TEST_P(FaultContract, Interrupted_IsHealedCompletely) {
  for (const base::Duration at : {0ms, 5ms, 25ms}) {
    const auto cut_short = run(2);
    cut_short->advance_to(at);
    cut_short->nemesis.stop(at, "interrupted");
    expect_healthy(*cut_short);
    for (const auto& record : cut_short->nemesis.records()) {
      EXPECT_NE(record.state, FaultState::kPlanned);
    }
  }
}

std::vector<std::string> kinds() {
  std::vector<std::string> names;
  for (const auto& kind : FaultKinds::instance().all()) names.emplace_back(kind->name());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Every, FaultContract, testing::ValuesIn(kinds()), [](const auto& kind) {
  std::string name = kind.param;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
});

}  // namespace
}  // namespace capsize::nemesis
