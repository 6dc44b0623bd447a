// What stays on the disk of a suite's runs.
#include "harness/suite/retention.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

namespace fs = std::filesystem;
using checker::Verdict;

constexpr std::size_t kKiB = 1024;

class RetentionTest : public testing::Test {
 protected:
  LedgerRun add(const std::string& path, Verdict verdict, double seconds = 1,
                const std::string& signature = "aaaa000000000000") {
    const fs::path directory = root_ / path;
    fs::create_directories(directory / "nodes" / "n1");
    for (const char* file : {"results.json", "scenario.json", "evidence.json"}) {
      std::ofstream(directory / file) << "{}";
    }
    std::ofstream(directory / "history.jsonl") << std::string(100 * kKiB, 'x');
    std::ofstream(directory / "nodes" / "n1" / "log") << "log";
    LedgerRun run{.verdict = verdict, .seconds = seconds, .path = path};
    if (verdict == Verdict::kInvalid) run.failures = {{.signature = signature}};
    return run;
  }
  [[nodiscard]] bool has(const std::string& path) const { return fs::exists(root_ / path); }

  const TemporaryDirectory store_;
  const fs::path root_{store_.path()};
};

constexpr std::uint64_t kLarge = std::uint64_t{1} << 40U;

TEST_F(RetentionTest, PassedRun_KeepsResultsOnly_FailedRunEverything) {
  Retention retention(store_.path(), Keep::kFailures, kLarge, {});
  retention.finished(add("a/1", Verdict::kValid));
  retention.finished(add("a/2", Verdict::kInvalid));
  retention.finished(add("a/3", Verdict::kVacuous));
  EXPECT_TRUE(has("a/1/results.json"));
  EXPECT_TRUE(has("a/1/evidence.json"));
  EXPECT_FALSE(has("a/1/history.jsonl"));
  EXPECT_FALSE(has("a/1/nodes"));
  EXPECT_TRUE(has("a/2/nodes/n1/log"));
  EXPECT_TRUE(has("a/3/history.jsonl"));
}

TEST_F(RetentionTest, CaughtBugOfAControl_HasPassed_MissedOneHasNot) {
  LedgerRun control{.purpose = Purpose::kBugControl, .verdict = Verdict::kInvalid};
  EXPECT_TRUE(has_passed(control));
  control.verdict = Verdict::kValid;
  EXPECT_FALSE(has_passed(control));
}

TEST_F(RetentionTest, KeepAll_KeepsPassedRuns) {
  Retention retention(store_.path(), Keep::kAll, kLarge, {});
  retention.finished(add("a/1", Verdict::kValid));
  EXPECT_TRUE(has("a/1/history.jsonl"));
}

TEST_F(RetentionTest, Quota_TakesEarlierFailuresFirst_AndKeepsTheShortestOfEachSignature) {
  Execution earlier{.id = "0", .suite = "s"};
  earlier.runs = {add("old/1", Verdict::kInvalid)};
  Retention retention(store_.path(), Keep::kFailures, 300 * kKiB, {.executions = {earlier}});
  EXPECT_TRUE(retention.finished(add("new/1", Verdict::kInvalid, 9)).empty());
  EXPECT_EQ(retention.finished(add("new/2", Verdict::kInvalid, 5)),
            (std::vector<std::string>{"old/1"}));
  EXPECT_EQ(retention.finished(add("new/3", Verdict::kInvalid, 7)),
            (std::vector<std::string>{"new/1"}));
  EXPECT_TRUE(has("old/1/evidence.json"));
  EXPECT_FALSE(has("old/1/history.jsonl"));
  EXPECT_FALSE(has("new/1/history.jsonl"));
  EXPECT_TRUE(has("new/2/history.jsonl"));
  EXPECT_LE(retention.bytes(), 300 * kKiB);
}

TEST_F(RetentionTest, LinkInPlaceOfARun_IsNotFollowed) {
  const TemporaryDirectory elsewhere;
  std::ofstream(fs::path(elsewhere.path()) / "precious") << "x";
  fs::create_directories(root_ / "a");
  fs::create_directory_symlink(elsewhere.path(), root_ / "a" / "1");
  reduce_to_evidence(store_.path(), "a/1");
  EXPECT_TRUE(fs::exists(fs::path(elsewhere.path()) / "precious"));
}

TEST_F(RetentionTest, LinkWithinARun_IsRemovedButNotFollowed) {
  const TemporaryDirectory elsewhere;
  std::ofstream(fs::path(elsewhere.path()) / "precious") << "x";
  add("a/1", Verdict::kValid);
  fs::create_directory_symlink(elsewhere.path(), root_ / "a" / "1" / "link");
  reduce_to_evidence(store_.path(), "a/1");
  EXPECT_FALSE(fs::is_symlink(root_ / "a" / "1" / "link"));
  EXPECT_TRUE(fs::exists(fs::path(elsewhere.path()) / "precious"));
}

}  // namespace
}  // namespace capsize::harness
