// Failures of the infrastructure: their kinds, and that they neither hide a violation nor look like
// one.
#include "harness/process/infrastructure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <new>
#include <system_error>

#include "harness/judge/checks.h"
#include "harness/report/results.h"
#include "harness/report/summary.h"
#include "harness/run/disk_reserve.h"
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using checker::Verdict;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Infrastructure, Kind_FollowsFromTheErrorCode) {
  EXPECT_EQ(kind_of_errno(ENOSPC), CauseKind::kDiskFull);
  EXPECT_EQ(kind_of_errno(EDQUOT), CauseKind::kDiskFull);
  EXPECT_EQ(kind_of_errno(EMFILE), CauseKind::kDescriptors);
  EXPECT_EQ(kind_of_errno(EACCES), CauseKind::kHarness);
  EXPECT_EQ(kind_of(std::bad_alloc()), CauseKind::kMemory);
  EXPECT_EQ(kind_of(std::system_error(ENOSPC, std::generic_category())), CauseKind::kDiskFull);
  EXPECT_EQ(kind_of(std::runtime_error("No space left on device")), CauseKind::kHarness)
      << "a text decides nothing";
}

TEST(Infrastructure, FirstFailure_StaysTheCause) {
  Outcome outcome;
  outcome.fail({CauseKind::kProxy, "the proxy ended"});
  outcome.fail({CauseKind::kProxy, "the proxy ended"});
  for (int i = 0; i < 100; ++i) {
    outcome.fail({CauseKind::kDiskFull, "consequence " + std::to_string(i)});
  }
  EXPECT_EQ(outcome.cause->kind, CauseKind::kProxy);
  EXPECT_EQ(outcome.further_errors.size(), Outcome::kFurtherErrorsMax);
  EXPECT_EQ(outcome.further_errors.front(), "consequence 0");
}

Outcome outcome_with(Verdict verdict) {
  Outcome outcome;
  outcome.checks.push_back({.name = "linearizable", .verdict = verdict});
  return outcome;
}

TEST(Infrastructure, Failure_HidesNoViolationAndLooksLikeNone) {
  for (const auto verdict : {Verdict::kValid, Verdict::kUnknown, Verdict::kVacuous}) {
    auto outcome = outcome_with(verdict);
    EXPECT_EQ(outcome.verdict(), verdict);
    outcome.fail({CauseKind::kOverload, "timers lagged"});
    EXPECT_EQ(outcome.verdict(), Verdict::kHarnessError);
  }
  auto violated = outcome_with(Verdict::kInvalid);
  violated.fail({CauseKind::kDiskFull, "no space"});
  EXPECT_EQ(violated.verdict(), Verdict::kInvalid);
}

/// A run whose clients recorded one write of 1 and one read.
class Judged : public ::testing::Test {
 protected:
  Judged() {
    fs::permissions(directory_.path(), fs::perms::owner_all);
    outcome_.scenario.nodes = 1;
    outcome_.scenario.seed = 1;
    outcome_.scenario.expect = Expectations{.ok = 2};
    outcome_.statistics.by_function["read"] = {.ok = 2, .fail = 0, .info = 0};
    outcome_.recoveries = {{.first_write = 10ms, .final_reads_done = true}};
    outcome_.load_time = 1s;
  }
  Verdict judge(const char* read = "1") {
    auto directory = RunDirectory::adopt(directory_.path());
    EXPECT_TRUE(directory.ok()) << directory.error().message;
    outcome_.directory = directory.value().path();
    std::ofstream(directory.value().history()) << R"({"capsize-history":1,"model":"register"}
{"index":0,"time":1,"process":1,"type":"invoke","f":"write","key":"r","value":1}
{"index":1,"time":2,"process":1,"type":"ok","f":"write","key":"r","value":1}
{"index":2,"time":3,"process":2,"type":"invoke","f":"read","key":"r","value":null}
{"index":3,"time":4,"process":2,"type":"ok","f":"read","key":"r","value":)"
                                               << read << "}\n";
    const auto traces = outcome_.directory / "nodes" / "n1";
    fs::create_directories(traces);
    std::ofstream(traces / "trace.jsonl")
        << R"({"time":1,"node":"n1","incarnation":1,"event":"start","term":0,"role":"follower",)"
        << R"("capsize-trace":1,"index":0,"entry-term":0,"hash":"cbf29ce484222325"})"
        << "\n";
    if (before_checks_) before_checks_();
    run_checks(outcome_, directory.value(), {});
    return outcome_.verdict();
  }
  /// Its node serves no write after healing.
  void make_late() { outcome_.recoveries.front().first_write.reset(); }

  TemporaryDirectory directory_;
  Outcome outcome_;
  /// No operation succeeds: neither by the clients' count nor by the history.
  void serve_nothing() {
    outcome_.statistics.by_function.clear();
    before_checks_ = [this] {
      std::ofstream(fs::path(outcome_.directory) / "history.jsonl")
          << R"({"capsize-history":1,"model":"register"})"
          << "\n";
    };
  }
  std::function<void()> before_checks_;  // when the files of the run exist
};

TEST_F(Judged, HealthyRun_IsValidAndHasNoCause) {
  EXPECT_EQ(judge(), Verdict::kValid);
  EXPECT_FALSE(outcome_.cause);
  EXPECT_FALSE(to_json(outcome_).contains("cause"));
}

TEST_F(Judged, LateNode_OnAQuietMachine_IsInvalid) {
  make_late();
  EXPECT_EQ(judge(), Verdict::kInvalid);
  EXPECT_FALSE(outcome_.cause);
}

TEST_F(Judged, LateNode_WhileTheHarnessLagged_IsAnOverload) {
  make_late();
  outcome_.worst_lag_after_healing = 300ms;
  EXPECT_EQ(judge(), Verdict::kHarnessError);
  EXPECT_EQ(outcome_.cause->kind, CauseKind::kOverload);
  const auto json = to_json(outcome_);
  EXPECT_EQ(json["cause"]["kind"].text(), "overload");
  EXPECT_EQ(json["harness-error"].text(), outcome_.cause->text);
  EXPECT_THAT(summary(outcome_), HasSubstr("\n  cause         overload: the harness' own timers "));
  EXPECT_THAT(summary(outcome_, true), HasSubstr("\033[1;35moverload\033[0m"));
}

TEST_F(Judged, Violation_WhileTheHarnessLagged_StaysInvalid) {
  make_late();
  outcome_.worst_lag_after_healing = 300ms;
  EXPECT_EQ(judge("2"), Verdict::kInvalid);
  EXPECT_EQ(outcome_.cause->kind, CauseKind::kOverload);
  EXPECT_FALSE(to_json(outcome_).contains("harness-error"));
}

TEST_F(Judged, LateNode_WhileTheDiskHung_IsAHangingDisk) {
  make_late();
  outcome_.disk_hung_after_healing = kLiveExtensionMax + 1s;
  EXPECT_EQ(judge(), Verdict::kHarnessError);
  EXPECT_EQ(outcome_.cause->kind, CauseKind::kDiskHung);
}

TEST_F(Judged, NodeKilledFromOutside_IsASignal) {
  outcome_.crashes.push_back({.node = 0, .ending = {.signal = SIGKILL}});
  EXPECT_EQ(judge(), Verdict::kHarnessError);
  EXPECT_EQ(outcome_.cause->kind, CauseKind::kSignal);
  EXPECT_THAT(outcome_.cause->text, HasSubstr("killed n1"));
}

TEST_F(Judged, NodeKilledByTheKernelForWantOfMemory_IsMemory) {
  outcome_.crashes.push_back({.node = 0, .ending = {.signal = SIGKILL}, .out_of_memory_kills = 2});
  EXPECT_EQ(judge(), Verdict::kHarnessError);
  EXPECT_EQ(outcome_.cause->kind, CauseKind::kMemory);
}

TEST_F(Judged, NodeThatHeldMostOfTheMemory_IsAtFault) {
  constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20U;
  outcome_.crashes.push_back({.node = 0,
                              .ending = {.signal = SIGKILL, .peak_memory_bytes = 900 * kMebibyte},
                              .out_of_memory_kills = 1,
                              .memory_available = 1000 * kMebibyte});
  EXPECT_EQ(judge(), Verdict::kInvalid);
}

TEST_F(Judged, NodeThatEndedAtAFullDisk_IsAFullDisk) {
  outcome_.crashes.push_back({.node = 0, .ending = {.exit_code = 66}, .disk_full = true});
  EXPECT_EQ(judge(), Verdict::kHarnessError);
  EXPECT_EQ(outcome_.cause->kind, CauseKind::kDiskFull);
}

TEST_F(Judged, NodeThatASanitizerEnded_IsReportedWithTheReport) {
  const auto node = fs::path(directory_.path()) / "nodes" / "n1";
  outcome_.crashes.push_back({.node = 0, .ending = {.exit_code = 86}});
  before_checks_ = [node] { std::ofstream(node / "sanitizer.9") << "==9==ERROR: leak\n"; };
  EXPECT_EQ(judge(), Verdict::kInvalid);
  EXPECT_THAT(outcome_.checks[3].explanation,
              HasSubstr("n1 ended by itself with exit code 86, a sanitizer report (" +
                        (node / "sanitizer.9").string() + "): ==9==ERROR: leak"));
}

/// Asks for a load of which a fiftieth is reached.
void make_slow(Outcome& outcome) {
  outcome.scenario.rate = 100;
  outcome.scenario.expect->ok = 50;
  outcome.quiet_rate = 2;
}

TEST_F(Judged, LoadThatIsNotReached_WithoutPressure_IsVacuous) {
  make_slow(outcome_);
  outcome_.pressure = {{"cpu-some", 0.2}, {"memory-some", 0.0}};
  EXPECT_EQ(judge(), Verdict::kVacuous);
  EXPECT_FALSE(outcome_.cause);
}

TEST_F(Judged, LoadThatIsNotReached_UnderPressure_IsAnOverload) {
  make_slow(outcome_);
  outcome_.pressure = {{"cpu-some", 0.97}, {"memory-some", 0.0}};
  EXPECT_EQ(judge(), Verdict::kHarnessError);
  EXPECT_EQ(outcome_.cause->kind, CauseKind::kOverload);
  EXPECT_THAT(outcome_.cause->text, StartsWith("load could not be generated: 100 operations"));
  EXPECT_THAT(outcome_.cause->text, HasSubstr("waited for a core during 97 % of the time"));
  EXPECT_DOUBLE_EQ(to_json(outcome_)["host"]["pressure"]["cpu-some"].get<double>(), 0.97);
}

TEST_F(Judged, LoadThatIsNotReached_WhileTheDiskHung_IsAHangingDisk) {
  make_slow(outcome_);
  outcome_.disk_hung = 600ms;  // of a load of 1 s
  EXPECT_EQ(judge(), Verdict::kHarnessError);
  EXPECT_EQ(outcome_.cause->kind, CauseKind::kDiskHung);
}

TEST_F(Judged, NoServiceAtAll_IsVacuousUnlessTheMachineIsToBlame) {
  serve_nothing();
  make_late();
  EXPECT_EQ(judge(), Verdict::kVacuous);
}

TEST_F(Judged, NoServiceAtAll_WhileTheHarnessLagged_IsAnOverload) {
  serve_nothing();
  make_late();
  outcome_.worst_lag = 300ms;
  EXPECT_EQ(judge(), Verdict::kHarnessError);
  EXPECT_EQ(outcome_.cause->kind, CauseKind::kOverload);
}

TEST_F(Judged, MissedFaults_UnderPressure_StayVacuous) {
  outcome_.scenario.expect->leader_changes = 5;
  outcome_.pressure = {{"cpu-some", 0.97}};
  EXPECT_EQ(judge(), Verdict::kVacuous);
}

TEST_F(Judged, StoppedRun_JudgesOnlyWhatWasRecorded) {
  make_late();
  outcome_.fail({CauseKind::kProxy, "the proxy ended"});
  EXPECT_EQ(judge(), Verdict::kHarnessError);
  ASSERT_EQ(outcome_.checks.size(), 2U);
  EXPECT_EQ(outcome_.checks.front().verdict, Verdict::kValid);
}

/// Sizes of the files that this process has open under a path, with or without a name.
std::vector<std::uintmax_t> open_files(const std::string& path) {
  std::vector<std::uintmax_t> sizes;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code ignored;
    const auto target = fs::read_symlink(entry.path(), ignored).string();
    if (target.starts_with(path)) sizes.push_back(fs::file_size(entry.path()));
  }
  return sizes;
}

TEST(DiskReserve, Space_IsHeldWithoutANameUntilItIsReleased) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / fs::path("reserve");
  DiskReserve reserve(path);
  EXPECT_FALSE(reserve.failure());
  EXPECT_TRUE(fs::is_empty(directory.path())) << "a run that is killed must not leave it";
  EXPECT_THAT(open_files(path), testing::ElementsAre(DiskReserve::kBytes));
  reserve.release();
  EXPECT_THAT(open_files(path), testing::IsEmpty());
  EXPECT_TRUE(DiskReserve("/proc/self/none").failure());
}

}  // namespace
}  // namespace capsize::harness
