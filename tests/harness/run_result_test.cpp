// What a suite reads of a finished run, which another program may have written.
#include "harness/suite/run_result.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

class RunResult : public testing::Test {
 protected:
  RunResult() { case_.scenario.name = "a"; }

  base::Result<LedgerRun> read(const std::string& results) {
    std::ofstream(std::filesystem::path(directory_.path()) / "results.json") << results;
    return read_result({&case_, "a/1", 7}, directory_.path());
  }
  std::string error_of(const std::string& results) {
    const auto run = read(results);
    return run ? "no error" : run.error().message;
  }

  const TemporaryDirectory directory_;
  SuiteCase case_;
};

TEST_F(RunResult, EverythingThatAReportNeeds_IsRead) {
  const auto read_run = read(
      R"({"capsize-results":1,"verdict":"invalid","reproduce":"capsize run",
          "checks":[{"name":"live","verdict":"valid"},
                    {"name":"linearizable","verdict":"invalid","explanation":"a stale read"}],
          "failures":[{"signature":"0123456789abcdef","check":"linearizable","anomaly":"stale read",
                       "label":"stale read, follower","sentence":"read of x","faults":["cut"]}],
          "tested":{"faults":3,"operations-under-faults":5},"counts":{"all":{"ok":10}}})");
  ASSERT_TRUE(read_run.ok()) << read_run.error().message;
  const LedgerRun& run = read_run.value();
  EXPECT_EQ(run.verdict, checker::Verdict::kInvalid);
  EXPECT_EQ(run.reason, "linearizable: a stale read");
  ASSERT_EQ(run.failures.size(), 1U);
  EXPECT_EQ(run.failures[0].title(), "stale read, follower");
  EXPECT_EQ(run.failures[0].faults, std::vector<std::string>{"cut"});
  EXPECT_EQ(run.faults, 3U);
  EXPECT_EQ(run.operations, 10U);
  EXPECT_EQ(run.operations_under_faults, 5U);
}

TEST_F(RunResult, Measures_AreTheMedianRecoveryOfEachKind_LoadThroughputAndBehaviours) {
  const auto run = read(
      R"({"verdict":"valid","load-ms":20000.5,"ok-per-second-quiet":950.25,"behaviour":{"new":3},
          "faults":{"list":[{"kind":"kill","recovery-ms":300},{"kind":"kill","recovery-ms":100},
                            {"kind":"kill","recovery-ms":null},{"kind":"pause","recovery-ms":7.5},
                            {"kind":"kill","recovery-ms":200},{"kind":"cut"}]}})");
  ASSERT_TRUE(run.ok()) << run.error().message;
  const RunMeasures& measured = run.value().measured;
  EXPECT_EQ(measured.load_ms, 20000.5);
  EXPECT_EQ(measured.ok_per_second, 950.25);
  EXPECT_EQ(measured.new_behaviours, 3);
  EXPECT_EQ(measured.recovery, (std::map<std::string, RunMeasures::Recovery>{
                                   {"kill", {3, {100, 200, 300}}}, {"pause", {1, {7.5}}}}));
}

TEST_F(RunResult, MeasuresOfAnotherProgram_ThatAreNone_AreLeftOut) {
  for (
      const char* results :
      {R"({"verdict":"valid","load-ms":-1,"ok-per-second-quiet":"fast","behaviour":7,"faults":[]})",
       R"({"verdict":"valid","load-ms":1e300,"behaviour":{"new":null},"faults":{"list":{"a":7}}})",
       R"({"verdict":"valid","faults":{"list":[7,{"kind":"K","recovery-ms":1},{"recovery-ms":1},
            {"kind":"kill","recovery-ms":-4},{"kind":"kill","recovery-ms":"1"}]}})"}) {
    const auto run = read(results);
    ASSERT_TRUE(run.ok()) << run.error().message;
    EXPECT_EQ(run.value().measured, RunMeasures{}) << results;
  }
}

TEST_F(RunResult, MeasuresOfAnyRun_AreAFewHundredBytes) {
  std::string faults;
  for (int i = 0; i < 2'000; ++i) {
    faults += (i == 0 ? "" : ",") + std::string(R"({"kind":"a-kind-of-some-length-)") +
              std::to_string(i % 40) + R"(","recovery-ms":12345.678901})";
  }
  const auto run =
      read(R"({"verdict":"valid","load-ms":20000.123456,"faults":{"list":[)" + faults + "]}}");
  ASSERT_TRUE(run.ok());
  EXPECT_LE(to_json(run.value().measured).dump().size(), 1'500U);
  EXPECT_EQ(measures_in_ledger(to_json(run.value().measured)).recovery.size(), 12U);
}

TEST_F(RunResult, HarnessError_HasCauseAndText) {
  const auto run = read(R"({"verdict":"harness error","checks":[],
                            "cause":{"kind":"overload","text":"timers lagged by 1 s"}})");
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(run.value().cause, "overload");
  EXPECT_EQ(run.value().reason, "timers lagged by 1 s");
}

TEST_F(RunResult, InvalidWithoutFailures_IsOneWithoutASignature) {
  const auto run = read(R"({"verdict":"invalid","checks":[]})");
  ASSERT_TRUE(run.ok());
  ASSERT_EQ(run.value().failures.size(), 1U);
  EXPECT_EQ(run.value().failures[0].signature, kNoSignature);
}

TEST_F(RunResult, LongOrUnprintableTexts_AreCutAndEscaped) {
  const auto run = read(R"({"verdict":"unknown","checks":[{"name":"c","verdict":"unknown",
                            "explanation":"\u001b[2J)" +
                        std::string(5000, 'x') + R"("}]})");
  ASSERT_TRUE(run.ok());
  EXPECT_LT(run.value().reason.size(), 700U);
  EXPECT_EQ(run.value().reason.find('\x1b'), std::string::npos);
}

TEST_F(RunResult, WrongContent_IsAnErrorThatNamesTheFile) {
  for (const char* wrong :
       {"", "garbage", "[]", "{}", R"({"verdict":"fine"})", R"({"verdict":7})",
        R"({"verdict":"valid","failures":5})", R"({"verdict":"valid","failures":[5]})",
        R"({"verdict":"valid","tested":{"faults":"many"}})", R"({"verdict":"valid","tested":[]})",
        R"({"verdict":"invalid","checks":[5]})", R"({"capsize-results":2,"verdict":"valid"})"}) {
    EXPECT_NE(error_of(wrong), "no error") << wrong;
    EXPECT_EQ(error_of(wrong).find('\n'), std::string::npos) << wrong;
  }
}

TEST_F(RunResult, LastLine_IsTheLastThatIsNotEmpty) {
  const auto path = std::filesystem::path(directory_.path()) / "output.txt";
  std::ofstream(path) << "first\ncapsize: no such thing\n\n  \n";
  EXPECT_EQ(last_line(path), "capsize: no such thing");
  EXPECT_EQ(last_line("/no/such/file"), "");
}

}  // namespace
}  // namespace capsize::harness
