// The simulation must find the seeded bugs: if it did not, it would not find similar real bugs.
// Built with CAPSIZE_SEEDED_BUGS.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "node/bugs/registry.h"
#include "node/simulation/run.h"

namespace capsize::simulation {
namespace {

constexpr std::uint64_t kSeedsMax = 400;  // a stale read is rare: some hundred seeds

/// The first problem that any seed shows with this bug; empty if there is none.
std::string first_problem(const std::string& bug, std::uint64_t seeds = kSeedsMax) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    RunOptions options;
    options.seed = seed;
    options.bug = bug;
    const RunResult result = run_seed(options);
    if (!result.problems.empty()) return result.problems.front();
  }
  return "";
}

TEST(SeededBugs, AckBeforeCommit_LosesAnAcknowledgedAppend) {
  EXPECT_THAT(first_problem("ack-before-commit"), testing::HasSubstr("list"));
}

TEST(SeededBugs, ReadWithoutQuorum_HasAStaleRead) {
  EXPECT_THAT(first_problem("read-without-quorum"), testing::HasSubstr("stale read"));
}

TEST(SeededBugs, NoBug_HasNoProblem) {
  EXPECT_EQ(first_problem("", 60), "");
}

TEST(SeededBugs, Registry_IsSortedAndComplete) {
  const auto& bugs = bugs::seeded_bugs();
  EXPECT_GE(bugs.size(), 2U);
  EXPECT_TRUE(std::is_sorted(bugs.begin(), bugs.end(),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));
  for (const bugs::BugInfo& bug : bugs) {
    EXPECT_FALSE(bug.what.empty() || bug.rule.empty() || bug.exposed_by.empty() ||
                 bug.reports.empty() || bug.seen_in.empty())
        << bug.name;
  }
  EXPECT_NE(bugs::find_bug("read-without-quorum"), nullptr);
  EXPECT_EQ(bugs::find_bug("no-such-bug"), nullptr);
}

}  // namespace
}  // namespace capsize::simulation
