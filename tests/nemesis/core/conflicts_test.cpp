// Plans that are refused before the run: the place, what was found and why it is impossible.
#include "nemesis/plan/conflicts.h"

#include <gmock/gmock.h>

#include "base/check.h"

namespace capsize::nemesis {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<PhasePlan> phases(const std::string& text) {
  auto parsed = parse_phases(base::Json::parse(text), 15);
  CHECK(parsed.ok(), "the phases of a test are valid by themselves");
  return std::move(parsed.phases);
}

struct Conflict {
  const char* name;
  std::string phases;
  RunShape shape;
  std::string place;
  std::string what;
};
void PrintTo(const Conflict& conflict, std::ostream* out) {
  *out << conflict.name;
}

class ImpossiblePlan : public testing::TestWithParam<Conflict> {};

TEST_P(ImpossiblePlan, IsRefusedWithPlaceAndReason) {
  const auto invalid = find_impossible(phases(GetParam().phases), GetParam().shape);
  ASSERT_TRUE(invalid);
  EXPECT_EQ(invalid->place.to_string(), GetParam().place);
  EXPECT_THAT(invalid->what, HasSubstr(GetParam().what));
}

std::string one_fault(const std::string& keys) {
  return R"([{"faults": [{)" + keys + "}]}]";
}

INSTANTIATE_TEST_SUITE_P(
    All, ImpossiblePlan,
    testing::Values(Conflict{"AnchorNode",
                             one_fault(R"("kind":"kill","when":{"leader":{"node":"n4"}})"),
                             {.nodes = 3},
                             "/0/faults/0/when/leader/node",
                             "found n4, expected n1 to n3"},
                    Conflict{"UntilNode",
                             one_fault(R"("kind":"kill","until":{"start":{"node":"n9"}})"),
                             {.nodes = 3, .spares = 1},
                             "/0/faults/0/until/start/node",
                             "n1 to n4"},
                    Conflict{"MessageNode",
                             R"([{"when":{"message":{"from":"n7"}}}])",
                             {.nodes = 3},
                             "/0/when/message/from",
                             "found n7"},
                    Conflict{"TargetNode",
                             one_fault(R"("kind":"kill","target":["n1","n4"])"),
                             {.nodes = 3},
                             "/0/faults/0/target",
                             "found n1+n4, which does not exist in a cluster of 3 nodes"},
                    Conflict{"FollowerAlone",
                             one_fault(R"("kind":"kill","target":"follower")"),
                             {.nodes = 1},
                             "/0/faults/0/target",
                             "found follower"},
                    Conflict{"LinksAlone",
                             one_fault(R"("kind":"drop")"),
                             {.nodes = 1},
                             "/0/faults/0/kind",
                             "no links in a cluster of 1 node"},
                    Conflict{"LeaderToItself",
                             one_fault(R"("kind":"cut","target":"leader","peers":"leader")"),
                             {.nodes = 3},
                             "/0/faults/0/peers",
                             "no link to itself"},
                    Conflict{"NodeToItself",
                             one_fault(R"("kind":"cut","target":["n1","n2"],"peers":"n2")"),
                             {.nodes = 3},
                             "/0/faults/0/peers",
                             "no link to itself"},
                    Conflict{"LabelOfAnotherPhase",
                             R"([{"faults":[{"kind":"kill","label":"a"}]},
                     {"when":{"fault":{"label":"a"}},"faults":[{"kind":"kill"}]}])",
                             {.nodes = 3},
                             "/1/when",
                             "have ended when the anchor is armed"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Conflicts, PossiblePlan_HasNone) {
  const auto valid = phases(R"([
      {"when": "leader", "until": {"election": {"node": "n4"}},
       "faults": [{"kind": "cut", "target": "leader", "peers": "follower", "label": "a"},
                  {"kind": "pause", "target": {"same-as": "a"}, "when": {"fault": {"label": "a"}}},
                  {"kind": "cut", "target": "n1", "peers": ["n1", "n2"]},
                  {"kind": "cut", "target": "one", "peers": "one"},
                  {"kind": "kill", "target": "n4"}]}])");
  EXPECT_FALSE(find_impossible(valid, {.nodes = 3, .spares = 1}));
  EXPECT_FALSE(find_out_of_time(valid, 1s));
  EXPECT_THAT(collect_warnings(valid, 20s), IsEmpty());
}

TEST(Conflicts, PhaseThatCannotBeginInTime_IsReported) {
  const auto long_first = phases(R"([{"faults": [{"kind": "kill", "hold": "3s"}], "repeat": 4},
                                     {"faults": [{"kind": "kill", "hold": "1s"}]}])");
  const auto invalid = find_out_of_time(long_first, 10s);
  ASSERT_TRUE(invalid);
  EXPECT_EQ(invalid->place.to_string(), "/1");
  EXPECT_THAT(invalid->what, HasSubstr("begins after 12s at the earliest"));
  EXPECT_THAT(invalid->what, HasSubstr("the run ends after 10s"));
  EXPECT_FALSE(find_out_of_time(long_first, 13s));
}

TEST(Conflicts, PhaseAfterAnEndlessOne_IsReported) {
  const auto endless = phases(R"([{"faults": [{"kind": "kill", "hold": "1ms"}], "repeat": 1000000},
                                  {"faults": [{"kind": "kill"}]}])");
  EXPECT_TRUE(find_out_of_time(endless, 20s));
}

TEST(Conflicts, PhaseAfterOneThatMayEndEarly_IsAccepted) {
  for (const char* end : {R"("until": "election")", R"("at-most": "1s")"}) {
    EXPECT_FALSE(
        find_out_of_time(phases(R"([{"faults": [{"kind": "kill", "hold": "30s"}], )" +
                                std::string(end) + R"(}, {"faults": [{"kind": "kill"}]}])"),
                         20s))
        << end;
  }
  EXPECT_FALSE(find_out_of_time(
      phases(R"([{"faults": [{"kind": "kill", "hold": "30s", "probability": 0.9}]}, {}])"), 20s));
}

TEST(Conflicts, FaultThatCannotBeginInTime_IsReported) {
  const auto after = find_out_of_time(phases(one_fault(R"("kind":"kill","after":"25s")")), 20s);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->place.to_string(), "/0/faults/0");
  EXPECT_TRUE(find_out_of_time(phases(R"([{"when":{"elapsed":{"time":"20s"}}}])"), 20s));
}

TEST(Conflicts, LikelyMistake_IsAWarning) {
  EXPECT_THAT(collect_warnings(phases(one_fault(R"("kind":"kill","hold":"1h")")), 20s),
              testing::ElementsAre(HasSubstr("phases.0.faults.0: is held for")));
  EXPECT_THAT(collect_warnings(phases(R"([{"when": {"trigger": {"name": "go"}}}])"), 20s),
              testing::ElementsAre(HasSubstr("phases.0.when: waits for a trigger")));
}

TEST(Conflicts, StrategyWithoutAPossibleFault_IsReportedWithTheReason) {
  EXPECT_THAT(why_impossible("partition", {.nodes = 1}), HasSubstr("in a cluster of 1 node"));
  EXPECT_EQ(why_impossible("partition", {.nodes = 3}), "");
  EXPECT_EQ(why_impossible("kill", {.nodes = 1}), "") << "its fault specs of one node are possible";
  EXPECT_EQ(why_impossible("one-by-one", {.nodes = 1}), "")
      << "a script's faults are unknown in advance";
}

TEST(Conflicts, UnknownExpectedKind_IsReported) {
  const auto invalid = find_unknown_kind({{"any", 3}, {"kill", 1}, {"kil", 2}});
  ASSERT_TRUE(invalid);
  EXPECT_EQ(invalid->place.to_string(), "/kil");
  EXPECT_THAT(invalid->what, HasSubstr("kill"));
  EXPECT_FALSE(find_unknown_kind({{"any", 3}, {"kill", 1}}));
}

TEST(Conflicts, AnchorWithAnUnknownMessageOrKind_IsRefusedByTheParser) {
  EXPECT_FALSE(parse_anchor({{"message", {{"type", "AppendEntry"}}}}));
  EXPECT_TRUE(parse_anchor({{"message", {{"type", "AppendEntries"}}}}));
  EXPECT_FALSE(parse_anchor({{"message", {{"to", "third"}}}}));
  EXPECT_FALSE(parse_anchor({{"fault", {{"kind", "kil"}}}}));
  EXPECT_FALSE(parse_anchor({{"leader", {{"node", "leader"}}}}));
}

}  // namespace
}  // namespace capsize::nemesis
