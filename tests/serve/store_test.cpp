// Lists of runs and suites, over stores with anything in them.
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "harness/cluster/clock.h"
#include "serve/run_details.h"
#include "serve/run_list.h"
#include "serve/suites.h"
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::serve {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using base::Json;
using harness::OpenDirectory;

class StoreTest : public testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((directory_ / path).parent_path());
    std::ofstream(directory_ / path, std::ios::binary) << text;
  }
  void add_run(const std::string& place, const std::string& results) const {
    write(place + "/scenario.json", "{}");
    if (!results.empty()) write(place + "/results.json", results);
  }
  [[nodiscard]] Json page(const RunFilter& filter = {}) const {
    const auto store = std::move(OpenDirectory::open(directory_)).value();
    RunList list(store);
    return list.page(filter, base::Instant(1s));
  }
  /// Over as many pages as it takes: each reads for a bounded time.
  [[nodiscard]] std::vector<Json> all_runs() const {
    std::vector<Json> runs;
    RunFilter filter;
    while (true) {
      const Json page = this->page(filter);
      runs.insert(runs.end(), page["runs"].begin(), page["runs"].end());
      if (page["next"].is_null()) return runs;
      filter.before = page["next"].text();
    }
  }
  TemporaryDirectory temporary_;
  fs::path directory_ = temporary_.path();
};

std::string run_name(int number) {
  return fmt::format("default/20260131T12{:02}{:02}.000Z-{}", number / 60, number % 60, number);
}

std::vector<std::string> verdicts(const Json& page) {
  std::vector<std::string> found;
  for (const auto& run : page["runs"]) found.push_back(run["verdict"].text());
  return found;
}

TEST_F(StoreTest, Runs_ComeNewestFirstOverAllScenarios) {
  add_run("b/20260131T120000.000Z-1", R"({"verdict":"valid"})");
  add_run("a/20260131T120001.000Z-2", R"({"verdict":"invalid"})");
  add_run("a/20260131T115959.000Z-3", R"({"verdict":"vacuous"})");
  write("b/notes/file", "no run");
  write("ledger.jsonl", "");
  const Json page = this->page();
  EXPECT_THAT(verdicts(page), testing::ElementsAre("invalid", "valid", "vacuous"));
  EXPECT_EQ(page["total"].get<std::uint64_t>(), 3U);
  EXPECT_TRUE(page["next"].is_null());
  EXPECT_EQ(page["runs"][0]["seed"].text(), "2");
  EXPECT_EQ(page["scenarios"].size(), 2U);
}

TEST_F(StoreTest, Pages_FollowEachOtherWithoutGapOrRepetition) {
  for (int i = 0; i < 120; ++i) add_run(run_name(i), R"({"verdict":"valid"})");
  std::vector<std::string> names;
  for (const auto& run : all_runs()) names.push_back(run["name"].text());
  ASSERT_EQ(names.size(), 120U);
  EXPECT_TRUE(std::is_sorted(names.rbegin(), names.rend()));
}

TEST_F(StoreTest, Filters_LookAtVerdictSignatureScenarioAndText) {
  add_run("a/20260131T120000.000Z-1",
          R"({"verdict":"invalid","failures":[{"signature":"abcd","label":"Stale Read"}]})");
  add_run("b/20260131T120001.000Z-2", R"({"verdict":"valid","bug":"lost-vote"})");
  EXPECT_THAT(verdicts(page({.verdict = "invalid"})), testing::ElementsAre("invalid"));
  EXPECT_THAT(verdicts(page({.signature = "abc"})), testing::ElementsAre("invalid"));
  EXPECT_THAT(verdicts(page({.scenario = "b"})), testing::ElementsAre("valid"));
  EXPECT_THAT(verdicts(page({.text = "stale read"})), testing::ElementsAre("invalid"));
  EXPECT_THAT(verdicts(page({.text = "VOTE"})), testing::ElementsAre("valid"));
  EXPECT_THAT(verdicts(page({.text = "nothing"})), testing::ElementsAre());
}

TEST_F(StoreTest, RunWithoutResults_WasKilledUnlessItsProcessLives) {
  add_run("a/20260131T120000.000Z-1", "");
  EXPECT_THAT(verdicts(page()), testing::ElementsAre("killed"));
}

TEST_F(StoreTest, HostileResults_AreReadAsFarAsTheyGo) {
  const std::string huge(std::size_t{1} << 20U, 'x');
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  int number = 0;
  for (const std::string& results :
       {std::string("not json"), std::string("[]"), std::string("7"), deep,
        std::string(R"({"verdict":7,"failures":{},"faults":[],"tested":3,"counts":"x"})"),
        std::string(
            R"({"verdict":["valid"],"failures":[[]],"faults":{"list":[1,{"recovery-ms":"x"}]}})"),
        R"({"verdict":"valid","failures":[{"label":")" + huge + R"("}],"bug":"\u001b[31m"})",
        std::string("{\"verdict\":\"\xff\xfe\",\"load-ms\":1e999}"),
        std::string(R"({"tested":{"faults":-1,"leader-changes":1e300}})")}) {
    add_run(run_name(number++), results);
  }
  const auto runs = all_runs();
  EXPECT_EQ(runs.size(), static_cast<std::size_t>(number));
  for (const auto& run : runs) EXPECT_LE(run.dump().size(), 8192U);
}

TEST_F(StoreTest, LinksAndOtherNames_AreNoRuns) {
  write("../outside-" + directory_.filename().string() + "/20260131T120000.000Z-1/results.json",
        R"({"verdict":"valid"})");
  const fs::path outside = directory_.parent_path() / ("outside-" + directory_.filename().string());
  fs::create_directory_symlink(outside, directory_ / "linked");
  fs::create_directories(directory_ / "real");
  fs::create_directory_symlink(outside / "20260131T120000.000Z-1",
                               directory_ / "real/20260131T120000.000Z-2");
  add_run("real/not-a-run", "{}");
  add_run("real name/20260131T120000.000Z-1", "{}");
  EXPECT_EQ(page()["total"].get<std::uint64_t>(), 0U);
  fs::remove_all(outside);
}

TEST_F(StoreTest, Latest_IsTheNewestRunWhateverTheLinkSays) {
  add_run("a/20260131T120000.000Z-1", "");
  add_run("a/20260131T120001.000Z-2", R"({"verdict":"valid"})");
  fs::create_directory_symlink("/etc", directory_ / "a/latest");
  const auto store = std::move(OpenDirectory::open(directory_)).value();
  const auto run = open_run(store, {"a", "latest"});
  ASSERT_TRUE(run);
  EXPECT_TRUE(run->file("results.json"));
  EXPECT_FALSE(open_run(store, {"..", "latest"}));
  EXPECT_FALSE(open_run(store, {"a", "20260131T120009.000Z-2"}));
}

TEST_F(StoreTest, Details_ListServedFilesOnlyAndBoundEverything) {
  add_run("a/20260131T120000.000Z-1", "{\"x\":\"" + std::string(100'000, 'y') + "\"}");
  write("a/20260131T120000.000Z-1/sockets/secret", "secret");
  write("a/20260131T120000.000Z-1/nodes/n1/trace.jsonl", "");
  write("a/20260131T120000.000Z-1/.hidden", "");
  const auto store = std::move(OpenDirectory::open(directory_)).value();
  const Json details =
      run_details(*open_run(store, {"a", "20260131T120000.000Z-1"}), "20260131T120000.000Z-1");
  std::vector<std::string> paths;
  for (const auto& file : details["files"]) paths.push_back(file["path"].text());
  EXPECT_THAT(paths, testing::ElementsAre("results.json", "scenario.json", "nodes/n1/trace.jsonl"));
  EXPECT_EQ(details["filesLeftOut"].get<std::uint64_t>(), 2U);
  EXPECT_LE(details["results"]["x"].text().size(), 4010U);
  EXPECT_FALSE(is_served("sockets"));
  EXPECT_FALSE(is_served("sockets/secret"));
}

std::string night(int number, const char* verdict, const std::string& path) {
  const std::string id = fmt::format("e{}", number);
  const std::string failures =
      std::string(verdict) == "invalid"
          ? R"([{"signature":"abcd","check":"linearizable","anomaly":"stale read",)"
            R"("sentence":"s","faults":[]}])"
          : "[]";
  return fmt::format(
      R"({{"event":"begin","execution":"{0}","suite":"s","file":"s.json",)"
      R"("suite-sum":"x","cases":["c"],)"
      R"("time":"2026-01-{1:02}T00:00:00Z","revision":"r{1}","host":"h",)"
      R"("seed":{1},"shard":"1/1","jobs":1,"planned":1}})"
      "\n"
      R"({{"event":"start","execution":"{0}","run":"c/1","seed":1,"path":"{3}"}})"
      "\n"
      R"({{"event":"run","execution":"{0}","run":"c/1","case":"c",)"
      R"("purpose":"test","parameters":{{}},"seed":1,)"
      R"("revision":"r","verdict":"{2}","signature":null,"failures":{4},)"
      R"("seconds":1,"at":1,"path":"{3}",)"
      R"("reproduce":"x","tested":{{"faults":0,"operations":0,"operations-under-faults":0}}}})"
      "\n"
      R"({{"event":"end","execution":"{0}","seconds":1}})"
      "\n",
      id, number, verdict, path, failures);
}

TEST_F(StoreTest, Suites_ComeFromTheLedgerAndTrendsFromTheRuns) {
  add_run(run_name(1), R"({"verdict":"valid","ok-per-second-quiet":100,"behaviour":{"new":3}})");
  add_run(run_name(2), R"({"verdict":"invalid","ok-per-second-quiet":300})");
  write("ledger.jsonl", "{\"capsize-ledger\":1}\n" + night(1, "valid", run_name(1)) +
                            night(2, "invalid", run_name(2)));
  const auto store = std::move(OpenDirectory::open(directory_)).value();
  Suites suites(store);
  const auto list = suites.list();
  ASSERT_TRUE(list.ok()) << list.error().message;
  ASSERT_EQ(list.value()["suites"].size(), 1U);
  EXPECT_EQ(list.value()["suites"][0]["nights"].get<std::uint64_t>(), 2U);
  const auto last = suites.suite("s", std::nullopt);
  ASSERT_TRUE(last.ok());
  EXPECT_EQ(last.value()["assessment"]["groups"].size(), 1U);
  EXPECT_TRUE(suites.suite("unknown", std::nullopt).value().is_null());
  EXPECT_TRUE(suites.suite("s", 2).value().is_null());
  FactsCache cache;
  const auto trends = suites.trends("s", cache, base::Instant(1s));
  ASSERT_TRUE(trends.ok());
  const Json& nights = trends.value()["nights"];
  ASSERT_EQ(nights.size(), 2U);
  EXPECT_EQ(nights[0]["okPerSecond"].get<double>(), 100);
  EXPECT_EQ(nights[0]["newBehaviours"].get<double>(), 3);
  EXPECT_TRUE(nights[1]["newBehaviours"].is_null());
  EXPECT_EQ(nights[1]["invalid"].get<std::uint64_t>(), 1U);
  EXPECT_EQ(trends.value()["groups"][0]["failing"].dump(), "[0,1]");
  EXPECT_EQ(trends.value()["read"].get<std::uint64_t>(), 2U);
}

TEST_F(StoreTest, MalformedLedger_IsAnErrorThatNamesTheLine) {
  write("ledger.jsonl", "{\"capsize-ledger\":1}\nnonsense\n");
  const auto store = std::move(OpenDirectory::open(directory_)).value();
  Suites suites(store);
  const auto list = suites.list();
  ASSERT_FALSE(list.ok());
  EXPECT_NE(list.error().message.find("2"), std::string::npos);
}

}  // namespace
}  // namespace capsize::serve
