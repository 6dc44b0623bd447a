#include "harness/scenario/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

std::string error_of(const std::string& text) {
  const auto scenario = parse_scenario(text, "s.json");
  if (!scenario) return scenario.error().message;
  const auto status = validate(scenario.value());
  return status.ok() ? std::string() : status.error().message;
}

TEST(Scenario, EveryKey_IsRead_CommentsAllowed) {
  const auto scenario = parse_scenario(R"({
    // a comment
    "name": "n", "nodes": 3, "workload": "append", "nemesis": ["kill"], "time-limit": "5s",
    "rate": 10.5, "concurrency": 4, "seed": 18446744073709551615, "live-bound": "2s",
    "client-timeout": "1s", "check-limit": "9s", "retries": 6, "bug": "b", "node-arg": ["--x"],
    "expect": {"ok": 1, "ok-by-function": {"read": 2}, "faults": {"kill": 3},
               "ok-during-faults": 4, "leader-changes": 5}
  })",
                                       "s.json");
  ASSERT_TRUE(scenario) << scenario.error().message;
  const Scenario& s = scenario.value();
  EXPECT_EQ(s.nodes, 3U);
  EXPECT_EQ(s.workload, "append");
  EXPECT_EQ(s.nemesis, std::vector<std::string>{"kill"});
  EXPECT_EQ(s.time_limit, 5s);
  EXPECT_EQ(s.rate, 10.5);
  EXPECT_EQ(s.retries, 6U);
  EXPECT_EQ(s.seed, 18446744073709551615ULL);
  EXPECT_EQ(s.node_arguments, std::vector<std::string>{"--x"});
  EXPECT_EQ(s.expect->faults.at("kill"), 3U);
  EXPECT_EQ(s.expect->leader_changes, 5U);
}

TEST(Scenario, WrittenAndReadBack_IsTheSame) {
  Scenario scenario;
  scenario.nemesis = {"kill", "pause"};
  scenario.seed = 77;
  scenario.expect = Expectations{.ok = 5, .faults = {{"kill", 2}}};
  const auto again = parse_scenario(to_json(scenario).dump(), "s.json");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(to_json(again.value()), to_json(scenario));
}

TEST(Scenario, MistypedKey_NamesLineKeyAndChoices) {
  const auto error = error_of("{\n  \"nodes\": 3,\n  \"nemsis\": []\n}");
  EXPECT_THAT(error, HasSubstr("s.json:3: key 'nemsis'"));
  EXPECT_THAT(error, HasSubstr("nemesis"));
}

TEST(Scenario, ValueOfTheWrongKind_NamesWhatWasFoundAndExpected) {
  EXPECT_THAT(error_of("{\"time-limit\": 20}"), HasSubstr("found 20, expected a duration"));
  EXPECT_THAT(error_of("{\"time-limit\": \"20\"}"), HasSubstr("expected a duration"));
  EXPECT_THAT(error_of("{\"nodes\": -3}"), HasSubstr("expected a whole number"));
  EXPECT_THAT(error_of("{\"nodes\": 3.5}"), HasSubstr("expected a whole number"));
  EXPECT_THAT(error_of("{\"nemesis\": [1]}"), HasSubstr("key 'nemesis'"));
  EXPECT_THAT(error_of("{\"expect\": {\"okk\": 1}}"), HasSubstr("key 'okk'"));
}

TEST(Scenario, NotJson_NamesTheLine) {
  EXPECT_THAT(error_of("{\n\n\"nodes\": }"), HasSubstr("s.json:3"));
  EXPECT_THAT(error_of("[]"), HasSubstr("expected an object"));
}

TEST(Scenario, UnknownNamesAndNumbersOutOfBounds_AreRefused) {
  EXPECT_THAT(error_of("{\"workload\": \"bank-robbery\"}"), HasSubstr("expected one of: append, "));
  EXPECT_THAT(error_of("{\"nemesis\": [\"kil\"]}"), HasSubstr("kill"));
  EXPECT_THAT(error_of("{\"nodes\": 0}"), HasSubstr("1 to"));
  EXPECT_THAT(error_of("{\"rate\": 0}"), HasSubstr("rate"));
  EXPECT_THAT(error_of("{\"concurrency\": 0}"), HasSubstr("concurrency"));
  EXPECT_THAT(error_of("{\"retries\": 1001}"), HasSubstr("0 to 1000"));
  EXPECT_THAT(error_of("{\"name\": \"../x\"}"), HasSubstr("name"));
  EXPECT_THAT(error_of("{}"), IsEmpty());
}

TEST(Scenario, WhatCannotHappenInTheRun_IsRefusedBeforeIt) {
  EXPECT_THAT(error_of("{\n\"expect\": {\"faults\":\n {\"kil\": 1}}}"),
              HasSubstr("s.json:3: /expect/faults/kil: unknown kind of fault"));
  EXPECT_THAT(
      error_of("{\"nodes\": 3, \"phases\": [\n{\"when\": {\"leader\": {\"node\": \"n4\"}}}]}"),
      HasSubstr("s.json:2: /phases/0/when/leader/node: found n4, expected n1 to n3"));
  EXPECT_THAT(error_of("{\"nodes\": 1, \"nemesis\": \"partition\"}"),
              HasSubstr("found partition, of which no fault is possible"));
  EXPECT_THAT(error_of("{\"time-limit\": \"5s\", \"phases\": [{\"faults\": [{\"kind\": \"kill\", "
                       "\"hold\": \"6s\"}]}, {\"faults\": [{\"kind\": \"kill\"}]}]}"),
              HasSubstr("/phases/1: this phase begins after 6s"));
}

TEST(Scenario, ANodeThatAFlagTakesAway_IsMissed) {
  auto scenario = parse_scenario(
      R"({"nodes": 5, "phases": [{"faults": [{"kind": "kill", "target": "n5"}]}]})", "s.json");
  ASSERT_TRUE(scenario);
  EXPECT_TRUE(validate(scenario.value()));
  scenario.value().nodes = 3;
  EXPECT_FALSE(validate(scenario.value()));
}

TEST(Nemesis, AllNoneAndLists_AreUnderstood) {
  EXPECT_THAT(parse_nemesis("none"), IsEmpty());
  EXPECT_EQ(parse_nemesis("kill,pause"), (std::vector<std::string>{"kill", "pause"}));
  EXPECT_EQ(parse_nemesis("default").size(), 4U);
}

}  // namespace
}  // namespace capsize::harness
