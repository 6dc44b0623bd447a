// Suite files: which cases follow from one, and its errors.
#include "harness/suite/suite_file.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace capsize::harness {
namespace {

const std::string kControls = R"("controls": {"bugs": [{"bug": "no-dedup"}], "healthy": {}})";

base::Result<Suite> parse(const std::string& text) {
  return parse_suite(text, "night.json",
                     {"nemesis/scenarios", CAPSIZE_TEST_DIR "/../nemesis/scenarios"});
}

Suite parsed(const std::string& runs, const std::string& more = "") {
  auto suite = parse("{\"runs\": " + runs + ", " + kControls + more + "}");
  EXPECT_TRUE(suite.ok()) << (suite ? "" : suite.error().message);
  return suite ? std::move(suite).value() : Suite{};
}

std::vector<std::string> names(const Suite& suite) {
  std::vector<std::string> list;
  for (const auto& each : suite.cases) {
    if (each.purpose == Purpose::kTest) list.push_back(each.scenario.name);
  }
  return list;
}

std::string error_of(const std::string& text) {
  const auto suite = parse(text);
  return suite ? "no error" : suite.error().message;
}

TEST(SuiteFile, Matrix_EveryCombinationIsACase) {
  const Suite suite = parsed(
      R"([{"name": "m", "seeds": 3, "with": {"time-limit": "2s"},
           "matrix": {"workload": ["set", "bank"], "nemesis": ["kill", ["pause", "cut"]]}}])");
  EXPECT_EQ(names(suite), (std::vector<std::string>{"m-kill-set", "m-pause_cut-set", "m-kill-bank",
                                                    "m-pause_cut-bank"}));
  const SuiteCase& last = suite.cases.back();
  EXPECT_EQ(last.scenario.workload, "bank");
  EXPECT_EQ(last.scenario.nemesis, (std::vector<std::string>{"pause", "cut"}));
  EXPECT_EQ(last.scenario.time_limit, std::chrono::seconds(2));
  EXPECT_EQ(last.seeds, 3U);
}

TEST(SuiteFile, EachNemesis_IsEveryStrategyAndFaultButTheMixture) {
  const auto list = names(parsed(R"([{"name": "a", "matrix": {"nemesis": "each"}}])"));
  EXPECT_GT(list.size(), 40U);
  EXPECT_NE(std::find(list.begin(), list.end(), "a-torn-write"), list.end());
  EXPECT_EQ(std::find(list.begin(), list.end(), "a-all"), list.end());
}

TEST(SuiteFile, Controls_ComeFirst_HealthyWithoutFaults) {
  const Suite suite = parsed(R"([{"name": "t"}])");
  ASSERT_EQ(suite.cases.size(), 3U);
  EXPECT_EQ(suite.cases[0].purpose, Purpose::kHealthyControl);
  EXPECT_TRUE(suite.cases[0].scenario.nemesis.empty());
  EXPECT_EQ(suite.cases[1].purpose, Purpose::kBugControl);
  EXPECT_EQ(suite.cases[1].scenario.bug, "no-dedup");
  EXPECT_EQ(suite.cases[1].scenario.name, "control-no-dedup");
}

TEST(SuiteFile, ControlWithoutSettings_IsTheDirectedScenarioOfItsBug) {
  const Suite directed = parsed(R"([{"name": "t"}])");
  EXPECT_FALSE(directed.cases[1].scenario.phases.empty());
  const auto own = parse(R"({"runs": [{"name": "t"}], "controls": {"healthy": {}, "bugs":
      [{"bug": "no-dedup", "with": {"nemesis": "kill"}}, {"bug": "no-such-bug"}]}})");
  ASSERT_TRUE(own.ok()) << own.error().message;
  EXPECT_TRUE(own.value().cases[1].scenario.phases.empty());
  EXPECT_TRUE(own.value().cases[2].scenario.phases.empty());
}

TEST(SuiteFile, ScenarioFile_IsFoundByNameAndOverridden) {
  const Suite suite =
      parsed(R"([{"scenarios": "figure-8", "with": {"time-limit": "9s"}, "seeds": [7, 9]}])");
  EXPECT_EQ(names(suite), std::vector<std::string>{"figure-8"});
  EXPECT_EQ(suite.cases.back().scenario.time_limit, std::chrono::seconds(9));
  EXPECT_FALSE(suite.cases.back().scenario.phases.empty());
  EXPECT_EQ(suite.cases.back().fixed_seeds, (std::vector<std::uint64_t>{7, 9}));
}

TEST(SuiteFile, Checksum_ChangesWithACase) {
  EXPECT_EQ(parsed(R"([{"name": "t"}])").sum,
            parsed(R"([{"name": "t"}])", ", \"quota\": \"1GiB\"").sum);
  EXPECT_NE(parsed(R"([{"name": "t"}])").sum, parsed(R"([{"name": "t", "seeds": 2}])").sum);
}

struct Wrong {
  const char* text;
  const char* error;
};

class WrongSuite : public testing::TestWithParam<Wrong> {};

TEST_P(WrongSuite, ErrorNamesFileLineKeyFoundAndExpected) {
  EXPECT_EQ(error_of(GetParam().text), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Suites, WrongSuite,
    testing::Values(
        Wrong{"{\"runs\": [{\"name\": \"t\"}]}",
              "night.json:1: key 'controls': found nothing, expected an object with bugs (a list) "
              "and healthy: a suite shows each time that it catches a seeded bug and that a run "
              "without faults is valid"},
        Wrong{"{\n\"controls\": {\"healthy\": {}, \"bugs\": []}, \"runs\": []}",
              "night.json:2: key 'controls.bugs': found an empty list, expected a list of at least "
              "one "
              "object"},
        Wrong{"{\"controls\": {\"bugs\": [{\"bug\": \"no-dedup\"}], \"healthy\": {}},\n"
              "\"runs\": [{\"name\": \"t\",\n\"with\": {\"nodes\": 99}}]}",
              "night.json:3: key 'runs.0.with.nodes': found 99, expected a whole number, 1 to 15"},
        Wrong{"{\"controls\": {\"bugs\": [{\"bug\": \"no-dedup\"}], \"healthy\": {}},\n"
              "\"runs\": [{\"name\": \"t\",\n\"matrix\": {\"nodes\": [3,\n0]}}]}",
              "night.json:4: key 'runs.0.matrix.nodes.1': found 0, expected a whole number, 1 to "
              "15"},
        Wrong{"{\"controls\": {\"bugs\": [{\"bug\": \"no-dedup\"}], \"healthy\": {}},\n"
              "\"runs\": [{\"name\": \"t\"}, {\"name\": \"t\"}]}",
              "night.json:2: key 'runs.1': found a second case with the name 't', expected "
              "different names"},
        Wrong{"{\"controls\": {\"bugs\": [{\"bug\": \"no-dedup\"}], \"healthy\": {}},\n"
              "\"runs\": [{\"name\": \"t\", \"seed\": 4}]}",
              "night.json:2: key 'runs.0.seed': unknown, expected one of: name, scenarios, with, "
              "matrix, seeds"},
        Wrong{"{\"controls\": {\"bugs\": [{\"bug\": \"no-dedup\"}], \"healthy\": {}},\n"
              "\"runs\": [{\"scenarios\": \"no-such\"}]}",
              "night.json:2: key 'runs.0.scenarios': found no-such, expected a scenario file, "
              "beside the suite or shipped (capsize list scenarios)"},
        Wrong{"{\"controls\": {\"bugs\": [{\"bug\": \"no-dedup\"}], \"healthy\": {\"with\": "
              "{\"nemesis\": \"kill\"}}},\n\"runs\": [{\"name\": \"t\"}]}",
              "night.json:1: key 'controls.healthy.with': found faults or a bug, expected none of "
              "them"},
        Wrong{"{\"controls\": {\"bugs\": [{\"bug\": \"no-dedup\"}], \"healthy\": {}},\n"
              "\"runs\": [{\"name\": \"t\"}],\n\"mutes\": [{\"signature\": \"0123456789abcdef\",\n"
              "\"reason\": \"r\", \"owner\": \"o\"}]}",
              "night.json:3: key 'mutes.0.expires': found nothing, expected a date such as "
              "\"2027-01-31\""},
        Wrong{"{\"controls\": {\"bugs\": [{\"bug\": \"no-dedup\"}], \"healthy\": {}},\n"
              "\"runs\": [{\"name\": \"t\"}],\n\"mutes\": [{\"signature\": \"0123456789abcdef\",\n"
              "\"reason\": \"r\", \"owner\": \"o\", \"expires\": \"2027-02-29\"}]}",
              "night.json:4: key 'mutes.0.expires': found \"2027-02-29\", expected a date such as "
              "\"2027-01-31\""},
        Wrong{"{\"capsize-suite\": 2}", "night.json:1: key 'capsize-suite': found 2, expected 1"}));

}  // namespace
}  // namespace capsize::harness
