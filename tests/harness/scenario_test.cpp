#include "harness/scenario/scenario.h"

#include "harness/scenario/vocabulary.h"

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

TEST(Scenario, EveryKey_IsRead_AlsoWithComments) {
  const auto scenario = parse_scenario(R"({
    // a comment
    "name": "n", "nodes": 3, "workload": "append", "nemesis": ["kill"], "time-limit": "5s",
    "rate": 10.5, "concurrency": 4, "seed": 18446744073709551615, "live-bound": "2s",
    "client-timeout": "1s", "check-limit": "9s", "retries": 6, "bug": "b", "node-arg": ["--x"],
    "read-level": "stale", "repeat-phases": 3,
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

TEST(Scenario, FormatVersion_IsReadAndChecked) {
  EXPECT_EQ(error_of(R"({"capsize-scenario": 1, "nodes": 3})"), "");
  EXPECT_THAT(error_of("{\n\"capsize-scenario\": 2}"),
              testing::AllOf(HasSubstr("s.json:2: "), HasSubstr("found 2, expected 1")));
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
  EXPECT_THAT(error_of("{\"expect\": {\"okk\": 1}}"), HasSubstr("key 'expect.okk'"));
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

TEST(Scenario, NumbersOutOfBounds_NameLineKeyFoundAndExpected) {
  EXPECT_EQ(error_of("{\n\"nodes\": 99}"),
            "s.json:2: key 'nodes': found 99, expected a whole number, 1 to 15");
  EXPECT_EQ(error_of("{\"rate\":\n 1e999}"),
            "s.json:2: key 'rate': found 1e999, expected a number that fits 64 bits");
  EXPECT_THAT(error_of("{\"seed\": 18446744073709551616}"), HasSubstr("a whole number"));
  EXPECT_THAT(error_of("{\"time-limit\": \"2562047h\"}"), HasSubstr("1ms to 168h"));
  EXPECT_THAT(error_of("{\"live-bound\": \"0s\"}"), HasSubstr("key 'live-bound'"));
  EXPECT_THAT(error_of("{\"rate\": 1e-300}"), HasSubstr("0.001 to 1000000"));
  EXPECT_THAT(error_of("{\"expect\": {\n\"faults\": {\"kill\": -1}}}"),
              HasSubstr("s.json:2: key 'expect.faults.kill': found -1"));
}

TEST(Scenario, NestedTooDeep_NamesTheKey) {
  for (const std::size_t depth : {300U, 60'000U}) {
    const auto text = "{\n\"nodes\": " + std::string(depth, '[') + std::string(depth, ']') + "}";
    EXPECT_EQ(error_of(text),
              "s.json:2: key 'nodes': found nesting deeper than 256 levels, expected less");
    EXPECT_THAT(error_of("{\"nodes\": " + std::string(depth, '[')), HasSubstr("key 'nodes'"));
  }
}

TEST(Scenario, DuplicateKey_IsRefused) {
  EXPECT_EQ(error_of("{\"nodes\": 3,\n // \"seed\"\n \"seed\": 1,\n \"nodes\": 5}"),
            "s.json:4: key 'nodes': found twice (first in line 1), expected once");
  EXPECT_THAT(error_of(R"({"nodes": 3, "n\u006fdes": 5})"), HasSubstr("found twice"));
  EXPECT_THAT(error_of(R"({"expect": {"ok": 1, "faults": {}, "ok": 2}})"), HasSubstr("'ok'"));
  EXPECT_THAT(error_of(R"({"phases": [{"at-most": "1s"}, {"at-most": "1s"}]})"), IsEmpty());
}

TEST(Scenario, NamesThatAreNoValidDirectory_AreRefused) {
  for (const char* name : {"", ".", "..", "latest", "a b", "$(touch x)", "a/b", "-x", ".hidden",
                           "a\\nb", "a\\u0000b", "\\u001b[2J", "\u00e9"}) {
    EXPECT_THAT(error_of(std::string("{\"name\": \"") + name + "\"}"), HasSubstr("key 'name'"))
        << name;
  }
  EXPECT_THAT(error_of("{\"name\": \"" + std::string(101, 'a') + "\"}"), HasSubstr("key 'name'"));
  EXPECT_THAT(error_of("{\"name\": \"figure-8_v1.2\"}"), IsEmpty());
}

TEST(Scenario, SafeName_SatisfiesTheNameRule) {
  for (const std::string text : {"", "latest", "a b", "..", "-", "$(x)", "x\n", "\xff"}) {
    EXPECT_THAT(name_rule(safe_name(text)), IsEmpty()) << safe_name(text);
  }
  EXPECT_THAT(name_rule(safe_name(std::string(1000, '.'))), IsEmpty());
  EXPECT_EQ(safe_name("nightly"), "nightly");
}

TEST(Scenario, ArgumentsThatNoProcessAccepts_AreRefused) {
  EXPECT_THAT(error_of(R"({"node-arg": ["a\u0000b"]})"), HasSubstr("without NUL"));
  Scenario scenario = default_scenario();
  scenario.node_arguments = {"\xff"};
  EXPECT_FALSE(validate(scenario));
  scenario.node_arguments = {std::string(5000, 'x')};
  EXPECT_FALSE(validate(scenario));
}

TEST(Scenario, PhasesBeyondTheNodes_AreAConflict) {
  const auto read = parse_scenario(
      R"({"nodes": 5, "phases": [{"faults": [{"kind": "kill", "target": "n5"}]}]})", "s.json");
  ASSERT_TRUE(read) << read.error().message;
  Scenario fewer = read.value();
  fewer.nodes = 3;
  EXPECT_FALSE(validate(fewer));
}

TEST(Scenario, ErrorsOfHostileText_AreOneShortLine) {
  const std::string noise = "\n\x1b[2J" + std::string(100'000, 'x');
  for (const std::string& text :
       {base::Json({{noise, 1}}).dump(), base::Json({{"bug", noise}}).dump(),
        base::Json({{"nodes", noise}}).dump(), base::Json({{"expect", {{noise, 1}}}}).dump(),
        "{\"name\": \"" + noise, std::string("{\"nodes\": \"\xff")}) {
    const auto error = error_of(text);
    EXPECT_FALSE(error.empty());
    EXPECT_LT(error.size(), 600U) << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  }
}

TEST(Scenario, PlanThatIsImpossibleInTheRun_IsRefused) {
  EXPECT_THAT(error_of("{\n\"expect\": {\"faults\":\n {\"kil\": 1}}}"),
              HasSubstr("s.json:3: key 'expect.faults.kil': unknown kind of fault"));
  EXPECT_THAT(
      error_of("{\"nodes\": 3, \"phases\": [\n{\"when\": {\"leader\": {\"node\": \"n4\"}}}]}"),
      HasSubstr("s.json:2: key 'phases.0.when.leader.node': found n4, expected n1 to n3"));
  EXPECT_THAT(error_of("{\"nodes\": 1, \"nemesis\": \"partition\"}"),
              HasSubstr("found partition, but none of its faults is possible"));
  EXPECT_THAT(error_of("{\"time-limit\": \"5s\", \"phases\": [{\"faults\": [{\"kind\": \"kill\", "
                       "\"hold\": \"6s\"}]}, {\"faults\": [{\"kind\": \"kill\"}]}]}"),
              HasSubstr("phases.1: this phase begins after 6s"));
}

TEST(Scenario, NodeThatAFlagRemoves_IsAConflict) {
  auto scenario = parse_scenario(
      R"({"nodes": 5, "phases": [{"faults": [{"kind": "kill", "target": "n5"}]}]})", "s.json");
  ASSERT_TRUE(scenario);
  EXPECT_TRUE(validate(scenario.value()));
  scenario.value().nodes = 3;
  EXPECT_FALSE(validate(scenario.value()));
}

TEST(Nemesis, AllNoneAndLists_AreParsed) {
  EXPECT_THAT(parse_nemesis("none"), IsEmpty());
  EXPECT_EQ(parse_nemesis("kill,pause"), (std::vector<std::string>{"kill", "pause"}));
  EXPECT_EQ(parse_nemesis("default").size(), 4U);
}

}  // namespace
}  // namespace capsize::harness
