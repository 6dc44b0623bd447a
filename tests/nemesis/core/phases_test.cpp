#include "nemesis/plan/phases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulated_run.h"

namespace capsize::nemesis {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Phases, Phase_StartsWhenTheLastFaultOfThePreviousOneHasEnded) {
  SimulatedRun run(R"([{"faults": [{"kind": "pause", "target": "n2", "hold": "100ms"},
                              {"kind": "pause", "target": "n3", "hold": "200ms"}]},
                  {"faults": [{"kind": "kill", "target": "n1", "hold": "100ms"}]}])");
  run.advance_to(150ms);
  EXPECT_THAT(run.cluster.calls, ElementsAre("pause n2", "pause n3", "resume n2"));
  run.advance_to(400ms);
  EXPECT_THAT(run.cluster.calls, ElementsAre("pause n2", "pause n3", "resume n2", "resume n3",
                                             "kill n1", "restart n1"));
}

TEST(Phases, Repeat_RepeatsThePhase_RepeatPhasesRepeatsAll) {
  SimulatedRun run(R"([{"repeat": 2, "faults": [{"kind": "pause", "target": "n2", "hold": "10ms"}]},
                  {"faults": [{"kind": "pause", "target": "n3", "hold": "10ms"}]}])",
                   2);
  run.advance_to(2s);
  EXPECT_THAT(run.cluster.calls, ElementsAre("pause n2", "resume n2", "pause n2", "resume n2",
                                             "pause n3", "resume n3", "pause n2", "resume n2",
                                             "pause n2", "resume n2", "pause n3", "resume n3"));
}

TEST(Phases, Until_HealsActiveFaultsAndSkipsPendingOnes) {
  SimulatedRun run(R"([{"until": {"leader": {"term-above": 3}},
                   "faults": [{"kind": "pause", "target": "n2", "hold": "10s"},
                              {"kind": "kill", "target": "n3", "after": "5s"}]}])");
  run.trace({.node = 1, .event = "role", .role = "leader", .term = 3});
  run.advance_to(100ms);
  EXPECT_THAT(run.cluster.calls, ElementsAre("pause n2")) << "term 3 is not above 3";
  run.trace({.node = 1, .event = "role", .role = "leader", .term = 4});
  run.advance_to(200ms);
  EXPECT_THAT(run.cluster.calls, ElementsAre("pause n2", "resume n2"));
  EXPECT_EQ(run.log.back(), "end pause installed");
  EXPECT_THAT(run.log, testing::Contains("begin kill skipped"));
}

TEST(Phases, AtMost_EndsThePhase) {
  SimulatedRun run(R"([{"at-most": "50ms", "faults": [{"kind": "pause", "hold": "10s"}]}])");
  run.advance_to(100ms);
  EXPECT_EQ(run.log.back(), "end pause installed");
}

TEST(Phases, PhasesThatNeverStarted_AreListed) {
  SimulatedRun run(R"([{"name": "first", "faults": [{"kind": "pause", "hold": "10ms"}]},
                  {"when": {"leader": {"count": 9}}, "faults": [{"kind": "kill"}]},
                  {"name": "last", "faults": [{"kind": "kill"}]}])");
  run.advance_to(1s);
  EXPECT_THAT(run.nemesis.unreached_phases(), IsEmpty()) << "the run may still reach them";
  run.nemesis.stop(1s, "end of the load");
  EXPECT_THAT(run.nemesis.unreached_phases(), ElementsAre("phase 2", "phase 3 (last)"));
}

TEST(Phases, PhasesThatStartedInAnEarlierRound_AreNotListed) {
  SimulatedRun run(R"([{"faults": [{"kind": "pause", "hold": "10ms"}]},
                  {"faults": [{"kind": "kill", "hold": "900ms"}]}])",
                   1000);
  run.advance_to(950ms);
  run.nemesis.stop(950ms, "end of the load");
  EXPECT_THAT(run.nemesis.unreached_phases(), IsEmpty());
}

TEST(Phases, Fault_WaitsForItsAnchorAndIsSkippedWithoutIt) {
  SimulatedRun run(
      R"([{"faults": [{"kind": "kill", "target": "n1", "when": {"election": {"node": "n4"}},
                               "after": "20ms", "hold": "50ms", "within": "1s"},
                              {"kind": "pause", "target": "n2", "when": "membership-change",
                               "within": "300ms"}]}])");
  run.advance_to(100ms);
  EXPECT_THAT(run.cluster.calls, IsEmpty());
  run.trace({.node = 3, .event = "role", .role = "precandidate", .term = 4});
  run.advance_to(110ms);
  EXPECT_THAT(run.cluster.calls, IsEmpty()) << "20 ms after it";
  run.advance_to(140ms);
  EXPECT_THAT(run.cluster.calls, ElementsAre("kill n1"));
  run.advance_to(500ms);
  EXPECT_EQ(run.log.back(), "begin pause skipped");
  EXPECT_EQ(run.lines.back()["reason"], "its anchor did not fire");
}

TEST(Phases, Labels_ConnectFaults) {
  SimulatedRun run(
      R"([{"faults": [{"kind": "cut", "target": "leader", "label": "old", "hold": "300ms"},
                              {"kind": "pause", "target": {"same-as": "old"}, "hold": "50ms",
                               "when": {"fault": {"label": "old"}}, "beyond-minority": true},
                              {"kind": "kill", "target": "n2", "hold": "50ms",
                               "when": {"fault": {"label": "old", "moment": "ended"}}}]}])");
  run.advance_to(600ms);
  EXPECT_THAT(run.cluster.calls, ElementsAre("install cut 8", "pause n1", "resume n1", "remove cut",
                                             "kill n2", "restart n2"));
}

TEST(Phases, Probability_IsDrawnFromTheSeed) {
  const auto played = [](const char* probability) {
    const std::string text = std::string(R"([{"repeat": 100, "faults": [{"kind": "pause",)") +
                             R"("hold": "1ms", "probability": )" + probability + "}]}]";
    SimulatedRun run(text.c_str());
    run.advance_to(4s);
    return std::count(run.log.begin(), run.log.end(), "begin pause installed");
  };
  EXPECT_EQ(played("0"), 0);
  EXPECT_EQ(played("1"), 100);
  const auto some = played("0.5");
  EXPECT_TRUE(some > 25 && some < 75) << some;
  EXPECT_EQ(played("0.5"), some);
}

struct Bad {
  const char* phases;
  const char* place;
  const char* what;
};

class PhasesRefused : public testing::TestWithParam<Bad> {};

TEST_P(PhasesRefused, NamePlaceFoundAndExpected) {
  const auto parsed = parse_phases(base::Json::parse(GetParam().phases), 5);
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.invalid->place.to_string(), GetParam().place);
  EXPECT_THAT(parsed.invalid->what, HasSubstr(GetParam().what));
}

INSTANTIATE_TEST_SUITE_P(
    Each, PhasesRefused,
    testing::Values(
        Bad{R"({})", "", "a list"}, Bad{R"([3])", "/0", "an object"},
        Bad{R"([{"fautls": []}])", "/0/fautls", "unknown key, expected one of: at-most, faults"},
        Bad{R"([{"faults": [{"target": "n1"}]}])", "/0/faults/0", "without a kind"},
        Bad{R"([{"faults": [{"kind": "kil"}]}])", "/0/faults/0/kind", "expected one of: "},
        Bad{R"([{"faults": [{"kind": "kill", "target": "n6"}]}])", "/0/faults/0/target",
            "found n6, expected n1 to n5"},
        Bad{R"([{"faults": [{"kind": "kill", "target": "any-node"}]}])", "/0/faults/0/target",
            "leader-minority"},
        Bad{R"([{"faults": [{"kind": "drop", "params": {"probability": 2}}]}])",
            "/0/faults/0/params", "probability: found 2, expected a number from 0 to 1"},
        Bad{R"([{"faults": [{"kind": "drop", "params": {"share": 1}}]}])", "/0/faults/0/params",
            "share: unknown parameter, expected one of: direction, probability"},
        Bad{R"([{"faults": [{"kind": "kill", "hold": ["2s", "1s"]}]}])", "/0/faults/0/hold",
            "shortest"},
        Bad{R"([{"faults": [{"kind": "kill", "hold": 5}]}])", "/0/faults/0/hold", "a duration"},
        Bad{R"([{"faults": [{"kind": "kill", "only": {}}]}])", "/0/faults/0/only", "links"},
        Bad{R"([{"faults": [{"kind": "cut", "only": {"types": ["Append"]}}]}])", "/0/faults/0/only",
            "Append"},
        Bad{R"([{"faults": [{"kind": "kill", "when": "leadr"}]}])", "/0/faults/0/when",
            "expected one of: acknowledged, "},
        Bad{R"([{"faults": [{"kind": "kill", "when": {"leader": {"count": 0}}}]}])",
            "/0/faults/0/when", "leader: count: found 0"},
        Bad{R"([{"faults": [{"kind": "kill", "target": {"same-as": "x"}}]}])", "/0/faults/0/target",
            "label \"x\""},
        Bad{R"([{"when": {"fault": {"label": "x"}}}])", "/0/when", "label \"x\""},
        Bad{R"([{"repeat": 0}])", "/0/repeat", "1 to 1000000"}));

}  // namespace
}  // namespace capsize::nemesis
