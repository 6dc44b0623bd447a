// What every registered kind of fault keeps, beside installing, showing evidence and healing
// (nemesis_test.cpp): twice is as good as once, and being cut short leaves nothing behind.

#include <gtest/gtest.h>

#include "stage.h"

namespace capsize::nemesis {
namespace {

using namespace std::chrono_literals;

class FaultContract : public testing::TestWithParam<std::string> {
 protected:
  /// The fault, `times` one after the other, each held for 50 ms.
  static std::unique_ptr<Stage> stage(std::uint64_t times) {
    const FaultKind& kind = *FaultKinds::instance().find(GetParam());
    PhasePlan plan{
        .phase = {.faults = {{.spec = kind.spec()}}}, .probabilities = {1}, .repeat = times};
    FaultSpec& spec = plan.phase.faults[0].spec;
    spec.hold_min = spec.hold_max = 50ms;
    std::vector<std::unique_ptr<Script>> scripts;
    scripts.push_back(play({std::move(plan)}, 1));
    return std::make_unique<Stage>(std::move(scripts), 5, kind.spares());
  }
  static void expect_healthy(const Stage& stage) {
    EXPECT_TRUE(stage.cluster.rules.empty());
    EXPECT_EQ(stage.cluster.state.members, stage.cluster.state.core());
    for (const auto& node : stage.cluster.state.nodes) EXPECT_TRUE(node.running && !node.paused);
    for (const auto& [node, process] : stage.cluster.processes) EXPECT_FALSE(process.faulty());
    EXPECT_TRUE(stage.cluster.damaged.empty());
    EXPECT_TRUE(stage.cluster.without_clients.empty());
    EXPECT_EQ(stage.nemesis.active(), "");
  }
};

TEST_P(FaultContract, TwiceIsAsGoodAsOnce) {
  const auto twice = stage(2);
  for (int i = 0; i < 3; ++i) {
    // Whoever led may have been hit; somebody else leads by then.
    twice->run_until(twice->now + 100ms);
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

TEST_P(FaultContract, CutShort_LeavesNothingBehind) {
  for (const base::Duration at : {0ms, 5ms, 25ms}) {
    const auto cut_short = stage(2);
    cut_short->run_until(at);
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
