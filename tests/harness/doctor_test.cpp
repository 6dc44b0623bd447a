// What capsize doctor makes of what it finds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "harness/doctor/finding.h"
#include "harness/doctor/load_trial.h"
#include "harness/doctor/machine_findings.h"
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using namespace std::string_view_literals;
using testing::HasSubstr;

const Finding* find(const std::vector<Finding>& findings, const std::string& name) {
  for (const auto& finding : findings) {
    if (finding.name == name) return &finding;
  }
  return nullptr;
}

TEST(Doctor, Line_HasLabelValueUnitAndState) {
  EXPECT_EQ(line_of(finding("disk-sync-p99", 4.25, "ms", false, "unused")),
            "disk sync p99                       4.25 ms    ok\n");
  EXPECT_EQ(line_of(finding("core-pattern", "|\033[2J", "", true, "why, what to do")),
            "core pattern                    |\\x1b[2J       warning: why, what to do\n");
  const auto json = to_json(finding("free-space", 1.5, "GiB", true, "low"));
  EXPECT_EQ(json["state"].text(), "warning");
  EXPECT_EQ(json["advice"].text(), "low");
}

TEST(Doctor, MissingProgram_MakesRunsImpossible) {
  const TemporaryDirectory binaries;
  const fs::path node = fs::path(binaries.path()) / "capsize-node";
  std::ofstream(node) << "";
  fs::permissions(node, fs::perms::owner_all);
  const auto found = program_findings(binaries.path());
  EXPECT_EQ(find(found, "capsize-node")->state, FindingState::kOk);
  EXPECT_EQ(find(found, "capsize-proxy")->state, FindingState::kImpossible);
  EXPECT_EQ(find(found, "capsize-node-with-bugs")->state, FindingState::kWarning)
      << "only --bug and --control need it";
}

TEST(Doctor, Store_IsMeasuredAndLeftAsItWas) {
  const TemporaryDirectory parent;
  const fs::path store = fs::path(parent.path()) / "not" / "yet";
  const auto found = store_findings(store);
  EXPECT_EQ(find(found, "store")->state, FindingState::kOk);
  ASSERT_NE(find(found, "disk-sync-p99"), nullptr);
  EXPECT_LE(find(found, "disk-sync-p50")->value.get<double>(),
            find(found, "disk-sync-p99")->value.get<double>());
  EXPECT_TRUE(fs::is_empty(parent.path()));
}

TEST(Doctor, StoreThatIsNoDirectory_MakesRunsImpossible) {
  const TemporaryDirectory parent;
  const fs::path file = fs::path(parent.path()) / "file";
  std::ofstream(file) << "";
  const auto found = store_findings(file);
  EXPECT_EQ(find(found, "store")->state, FindingState::kImpossible);
  EXPECT_THAT(find(found, "store")->advice, HasSubstr("Not a directory"));
}

TEST(Doctor, Parent_IsReadFromTheArgumentsOfNodesAndProxies) {
  EXPECT_EQ(parent_of_capsize_process("/bin/capsize-node\0--id\0001\0--parent\00042\0"sv), 42U);
  EXPECT_EQ(parent_of_capsize_process("capsize-proxy\0--parent\0007\0"sv), 7U);
  EXPECT_EQ(parent_of_capsize_process("capsize-node\0--status\0"sv), 0U);
  EXPECT_EQ(parent_of_capsize_process("capsize-node\0--parent\0"sv), 0U);
  EXPECT_EQ(parent_of_capsize_process("/bin/grep\0capsize-node\0--parent\0007\0"sv), 0U);
  EXPECT_EQ(parent_of_capsize_process(""), 0U);
}

TEST(Doctor, RunWithoutResults_IsLeftOver) {
  const TemporaryDirectory store;
  const fs::path run = fs::path(store.path()) / "default" / "20260131T120000.000Z-7";
  fs::create_directories(run);
  std::ofstream(run / "scenario.json") << "{}";
  EXPECT_EQ(find(leftover_findings(store.path()), "runs-without-results")->value, 1);
  std::ofstream(run / "results.json") << R"({"verdict":"valid"})";
  EXPECT_EQ(find(leftover_findings(store.path()), "runs-without-results")->value, 0);
}

TEST(Doctor, Rate_IsBorneIfItIsReachedAndTimersAreOnTime) {
  const TrialStep good{.rate = 1000, .reached = 950, .lag = 10ms};
  EXPECT_TRUE(is_borne(good));
  TrialStep late = good, slow = good, broken = good;
  late.lag = 60ms;
  slow.reached = 700;
  broken.problem = "the proxy ended";
  EXPECT_FALSE(is_borne(late));
  EXPECT_FALSE(is_borne(slow));
  EXPECT_FALSE(is_borne(broken));
}

TEST(Doctor, BorneRate_IsTheHighestBeforeTheFirstThatIsNot) {
  const auto step = [](double rate, base::Duration lag) {
    return TrialStep{.rate = rate, .reached = rate, .lag = lag};
  };
  EXPECT_EQ(borne_rate({step(500, 1ms), step(1000, 2ms), step(2000, 90ms), step(4000, 1ms)}), 1000);
  EXPECT_EQ(borne_rate({step(500, 90ms)}), std::nullopt);
  EXPECT_EQ(borne_rate({}), std::nullopt);
}

}  // namespace
}  // namespace capsize::harness
