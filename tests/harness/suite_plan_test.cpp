// The order of a suite's runs, their seeds, shards, budgets and groups.
#include "harness/suite/suite_plan.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace capsize::harness {
namespace {

Suite some_suite() {
  auto suite = parse_suite(
      R"({"name": "night", "runs": [{"name": "a", "seeds": 3}, {"name": "b"},
                                    {"name": "c", "seeds": [70, 71]}],
          "controls": {"bugs": [{"bug": "no-dedup"}], "healthy": {}}})",
      "night.json", {});
  EXPECT_TRUE(suite.ok());
  return std::move(suite).value();
}

std::vector<std::string> ids(TestRuns runs, std::size_t max = 100) {
  std::vector<std::string> list;
  while (list.size() < max) {
    const auto run = runs.next();
    if (!run) break;
    list.push_back(run->id);
  }
  return list;
}

using Ids = std::vector<std::string>;

TEST(SuitePlan, Rounds_EveryCaseBeforeAnyCaseAgain) {
  const Suite suite = some_suite();
  EXPECT_EQ(ids(TestRuns(suite, 1, {}, false)), (Ids{"a/1", "b/1", "c/1", "a/2", "c/2", "a/3"}));
}

TEST(SuitePlan, Budget_DrawsNewSeedsWithoutEndButRepeatsNoFixedOne) {
  const Suite suite = some_suite();
  EXPECT_EQ(ids(TestRuns(suite, 1, {}, true), 9),
            (Ids{"a/1", "b/1", "c/1", "a/2", "b/2", "c/2", "a/3", "b/3", "a/4"}));
}

TEST(SuitePlan, Shards_TogetherAreTheSuiteAndDoNotOverlap) {
  const Suite suite = some_suite();
  std::set<std::string> all;
  std::size_t sum = 0;
  for (std::uint64_t number = 1; number <= 4; ++number) {
    const auto part = ids(TestRuns(suite, 1, {number, 4}, false));
    EXPECT_EQ(part.size(), count_test_runs(suite, {number, 4}));
    all.insert(part.begin(), part.end());
    sum += part.size();
  }
  EXPECT_EQ(all.size(), 6U);
  EXPECT_EQ(sum, 6U);
}

TEST(SuitePlan, Seeds_FollowFromTheSeedOfTheExecutionAlone) {
  const Suite suite = some_suite();
  TestRuns one(suite, 1, {}, false), same(suite, 1, {}, false), other(suite, 2, {}, false);
  const auto seed = one.next()->seed;
  EXPECT_EQ(seed, same.next()->seed);
  EXPECT_NE(seed, other.next()->seed);
  EXPECT_TRUE(one.next().has_value());
  EXPECT_EQ(one.next()->seed, 70U);
}

TEST(SuitePlan, BugControl_HasThreeRuns) {
  const Suite suite = some_suite();
  const auto controls = control_runs(suite, 1);
  ASSERT_EQ(controls.size(), 4U);
  EXPECT_EQ(controls[0].id, "control-healthy/1");
  EXPECT_EQ(controls[3].id, "control-no-dedup/3");
  EXPECT_NE(controls[1].seed, controls[2].seed);
}

TEST(SuitePlan, Shard_IsParsedStrictly) {
  EXPECT_EQ(parse_shard("2/4").value().text(), "2/4");
  for (const char* wrong : {"0/4", "5/4", "2", "2/", "/4", "2/4x", "-1/4", "2/0", "1/99999"}) {
    EXPECT_FALSE(parse_shard(wrong).ok()) << wrong;
  }
}

Ledger some_ledger() {
  const auto failed = [](const std::string& name, std::uint64_t seed, const char* signature) {
    return LedgerRun{.id = name + "/1",
                     .case_name = name,
                     .seed = seed,
                     .verdict = checker::Verdict::kInvalid,
                     .failures = {{.signature = signature}}};
  };
  Execution night{.id = "1", .suite = "night"};
  night.runs = {failed("a", 5, "aaaa000000000000"), failed("a", 5, "aaaa000000000000"),
                failed("b", 6, "aaaa000000000000"), failed("b", 7, "aaab000000000000"),
                failed("gone", 8, "aaaa000000000000")};
  return {.executions = {night}};
}

TEST(SuitePlan, Group_IsItsCasesAndSeedsOnce) {
  const Suite suite = some_suite();
  const auto runs = runs_of_group(suite, some_ledger(), "aaaa");
  ASSERT_TRUE(runs.ok()) << runs.error().message;
  ASSERT_EQ(runs.value().size(), 2U);
  EXPECT_EQ(runs.value()[0].seed, 5U);
  EXPECT_EQ(runs.value()[1].id, "b/only-2");
}

TEST(SuitePlan, Group_AmbiguousShortOrUnknownIsAnError) {
  const Suite suite = some_suite();
  Ledger ledger = some_ledger();
  ledger.executions[0].runs[3].failures[0].signature = "aaaa100000000000";
  EXPECT_EQ(runs_of_group(suite, ledger, "aaaa").error().message,
            "found aaaa, expected the beginning of only one of: aaaa000000000000, "
            "aaaa100000000000");
  EXPECT_FALSE(runs_of_group(suite, ledger, "aaa").ok());
  EXPECT_FALSE(runs_of_group(suite, ledger, "ffff").ok());
}

}  // namespace
}  // namespace capsize::harness
