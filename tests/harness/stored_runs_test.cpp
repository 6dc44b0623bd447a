// Which runs of a store are removed, and that nothing else is.
#include "harness/store/stored_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "harness/store/run_lock.h"
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Store : public testing::Test {
 protected:
  void SetUp() override { fs::create_directory(store_); }

  fs::path add(const std::string& scenario, int day, const std::string& verdict) {
    const std::string name = "202601" + std::string(day < 10 ? "0" : "") + std::to_string(day) +
                             "T120000.000Z-" + std::to_string(day);
    const fs::path path = store_ / scenario / name;
    fs::create_directories(path / "nodes" / "n1");
    std::ofstream(path / "scenario.json") << "{}";
    std::ofstream(path / "nodes" / "n1" / "log") << std::string(10'000, 'x');
    if (!verdict.empty()) {
      std::ofstream(path / "results.json") << "{\"verdict\": \"" << verdict << "\"}";
    }
    turn(store_ / scenario / "latest", name);
    turn(store_ / "latest", fs::path(scenario) / name);
    return path;
  }
  static void turn(const fs::path& link, const fs::path& target) {
    fs::remove(link);
    fs::create_directory_symlink(target, link);
  }
  std::vector<std::string> names(const PruneRule& rule) const {
    std::vector<std::string> found;
    for (const auto& run : runs_to_remove(list_runs(store_).value(), rule)) {
      found.push_back(run.scenario + run.name.substr(6, 2));
    }
    return found;
  }
  void remove(const PruneRule& rule) {
    for (const auto& run : runs_to_remove(list_runs(store_).value(), rule)) {
      EXPECT_TRUE(remove_run(run));
    }
    finish_removals(store_);
  }

  TemporaryDirectory temporary_;
  const fs::path root_{temporary_.path()}, store_{root_ / "store"};
};

TEST_F(Store, Failures_AreKeptUnlessRequested) {
  add("a", 1, "valid");
  add("a", 2, "invalid");
  add("a", 3, "unknown");
  add("a", 4, "harness error");
  add("a", 5, "");
  add("a", 6, "vacuous");
  EXPECT_THAT(names({.keep = 0}), ElementsAre("a01", "a06"));
  EXPECT_THAT(names({.keep = 0, .with_failures = true}),
              ElementsAre("a01", "a02", "a03", "a04", "a05", "a06"));
}

TEST_F(Store, Keep_CountsRemovableRunsOfEachScenario) {
  for (int day = 1; day <= 4; ++day) add("a", day, day == 4 ? "invalid" : "valid");
  add("b", 1, "valid");
  EXPECT_THAT(names({.keep = 2}), ElementsAre("a01"));
  EXPECT_THAT(names({.keep = 1}), ElementsAre("a01", "a02"));
  EXPECT_THAT(names({.keep = 0}), ElementsAre("a01", "a02", "a03", "b01"));
}

TEST_F(Store, OlderThan_UsesTheTimeInTheName) {
  for (int day = 1; day <= 3; ++day) add("a", day, "valid");
  EXPECT_EQ(begin_of("20260102T120000.000Z-2"), 1767355200);
  EXPECT_THAT(names({.before = 1767355200}), ElementsAre("a01"));
  EXPECT_THAT(names({.before = 1767355201}), ElementsAre("a01", "a02"));
}

TEST_F(Store, RunningRun_IsNeverRemoved) {
  const auto path = add("a", 1, "");
  const PruneRule everything{.keep = 0, .with_failures = true};
  {
    const RunLock lock(path);
    EXPECT_TRUE(is_running(path));
    EXPECT_THAT(names(everything), IsEmpty());
  }
  EXPECT_FALSE(is_running(path));
  EXPECT_THAT(names(everything), ElementsAre("a01"));
}

TEST_F(Store, Links_AreNeverFollowed) {
  const fs::path outside = root_ / "outside";
  fs::create_directories(outside / "20260101T120000.000Z-1");
  std::ofstream(outside / "20260101T120000.000Z-1" / "scenario.json") << "{}";
  std::ofstream(outside / "20260101T120000.000Z-1" / "results.json") << R"({"verdict":"valid"})";
  const auto run = add("a", 2, "valid");
  fs::create_directory_symlink(outside, store_ / "scenario-link");
  fs::create_directory_symlink(outside / "20260101T120000.000Z-1",
                               store_ / "a" / "20260101T120000.000Z-1");
  fs::create_directory_symlink(outside, run / "link");
  EXPECT_THAT(names({.keep = 0}), ElementsAre("a02"));
  remove({.keep = 0});
  EXPECT_FALSE(fs::exists(run));
  EXPECT_TRUE(fs::exists(outside / "20260101T120000.000Z-1" / "results.json"));
  EXPECT_TRUE(fs::is_symlink(store_ / "scenario-link"));
}

TEST_F(Store, DirectoryThatIsNoStore_IsRefused) {
  EXPECT_THAT(list_runs(store_).error().message, HasSubstr("found no run"));
  EXPECT_THAT(list_runs(root_ / "missing").error().message, HasSubstr("found no directory"));
  std::ofstream(root_ / "file") << "x";
  EXPECT_THAT(list_runs(root_ / "file").error().message, HasSubstr("found no directory"));
  // Directories with similar names are no runs.
  fs::create_directories(store_ / "photos" / "20260101T120000.000Z-1");
  EXPECT_THAT(list_runs(store_).error().message, HasSubstr("found no run"));
  for (const char* name : {"20260101T120000.000Z", "20260101T120000.000Z-", "2026-01-01",
                           "20261301T120000.000Z-1", "20260101T120000.000Z-x", "latest", ""}) {
    EXPECT_FALSE(begin_of(name)) << name;
  }
  EXPECT_TRUE(begin_of("20260101T120000.000Z-1.2"));
}

TEST_F(Store, Links_PointToTheNewestRemainingRun) {
  add("b", 1, "invalid");
  add("a", 2, "invalid");
  add("a", 3, "valid");
  fs::create_directory(store_ / "empty");
  remove({.keep = 0});
  EXPECT_EQ(fs::read_symlink(store_ / "a" / "latest"), "20260102T120000.000Z-2");
  EXPECT_EQ(fs::read_symlink(store_ / "latest"), "a/20260102T120000.000Z-2");
  remove({.keep = 0, .with_failures = true});
  EXPECT_FALSE(fs::exists(store_ / "a"));
  EXPECT_FALSE(fs::is_symlink(fs::symlink_status(store_ / "latest")));
  EXPECT_TRUE(fs::exists(store_ / "empty")) << "it never was a scenario";
}

TEST_F(Store, InterruptedRemoval_IsCompletedByTheNext) {
  const auto path = add("a", 1, "valid");
  add("a", 2, "valid");
  fs::rename(path, path.parent_path() / (".removing-" + path.filename().string()));
  EXPECT_THAT(names({.keep = 0}), ElementsAre("a02"));
  finish_removals(store_);
  EXPECT_FALSE(fs::exists(path.parent_path() / (".removing-" + path.filename().string())));
  EXPECT_EQ(list_runs(store_).value().size(), 1U);
}

TEST_F(Store, Sizes_AreThoseOnTheDisk) {
  add("a", 1, "valid");
  EXPECT_GE(list_runs(store_).value()[0].bytes, 10'000U);
  EXPECT_EQ(size_text(0), "0 KiB");
  EXPECT_EQ(size_text(1536 * 1024), "1.5 MiB");
  EXPECT_EQ(size_text(std::uint64_t{5} << 30), "5.0 GiB");
}

}  // namespace
}  // namespace capsize::harness
