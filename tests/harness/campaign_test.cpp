#include <gtest/gtest.h>

#include <fstream>

#include "base/json.h"
#include "harness/campaign/engine_messages.h"
#include "harness/campaign/job.h"
#include "harness/campaign/job_directory.h"
#include "harness/suite/ledger_writer.h"
#include "harness/suite/run_queue.h"
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;

SuiteCase case_named(const std::string& name) {
  SuiteCase of;
  of.scenario.name = name;
  of.scenario.nodes = 3;
  of.scenario.time_limit = 2s;
  return of;
}

RunJob job_of(const SuiteCase& of) {
  return {.planned = {.of = &of, .id = of.scenario.name + "/3", .seed = 4711},
          .path = "a/20261201T000000.000Z-4711",
          .directory = "/store/a/20261201T000000.000Z-4711",
          .attempt = 2,
          .deadline = 90s};
}

LedgerRun run_of(const RunJob& job) {
  return {.id = job.planned.id,
          .case_name = job.planned.of->scenario.name,
          .parameters = base::Json::object(),
          .seed = job.planned.seed,
          .verdict = checker::Verdict::kInvalid,
          .failures = {{.signature = "00000000000000aa", .check = "linearizable"}},
          .seconds = 2.5,
          .path = "run",
          .reproduce = "rm -rf /"};
}

TEST(Job, IsReadAsItWasWritten) {
  const SuiteCase of = case_named("a");
  const auto job = parse_job(job_line(job_of(of), Keep::kAll));
  ASSERT_TRUE(job.ok()) << job.error().message;
  EXPECT_EQ(job.value().id, "a/3");
  EXPECT_EQ(job.value().seed, 4711U);
  EXPECT_EQ(job.value().attempt, 2U);
  EXPECT_EQ(job.value().deadline, 90s);
  EXPECT_EQ(job.value().keep, Keep::kAll);
  EXPECT_EQ(parameters_of(job.value().of.scenario), parameters_of(of.scenario));
}

TEST(JobAnswer, IsReadAsItWasWritten) {
  const SuiteCase of = case_named("a");
  JobAnswer answer{.run = run_of(job_of(of)), .archive = std::string("\0\xFF\n", 3)};
  const auto read = parse_answer(answer_line(answer));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value().archive, answer.archive);
  EXPECT_EQ(read.value().run->failures.at(0).signature, "00000000000000aa");
  answer.run.reset();
  EXPECT_FALSE(parse_answer(answer_line(answer)).value().run);
}

// A worker cannot make its run another one, or place it elsewhere, or give people a command.
TEST(JobAnswer, ThePlanComesFromTheCaller) {
  const SuiteCase of = case_named("a");
  const RunJob job = job_of(of);
  LedgerRun answered = run_of(job);
  answered.id = "b/1";
  answered.seed = 1;
  answered.case_name = "b";
  answered.purpose = Purpose::kHealthyControl;
  answered.bug = "no-dedup";
  answered.path = "elsewhere";
  const LedgerRun run = answered_run(job, answered, "/store");
  EXPECT_EQ(run.id, "a/3");
  EXPECT_EQ(run.seed, 4711U);
  EXPECT_EQ(run.case_name, "a");
  EXPECT_EQ(run.purpose, Purpose::kTest);
  EXPECT_EQ(run.bug, "");
  EXPECT_EQ(run.path, job.path);
  EXPECT_NE(run.reproduce.find("--seed 4711"), std::string::npos) << run.reproduce;
  EXPECT_NE(run.reproduce.find("--store /store"), std::string::npos) << run.reproduce;
  EXPECT_EQ(run.reproduce.find("rm -rf"), std::string::npos) << run.reproduce;
}

// Otherwise one answer would make the ledger unreadable.
TEST(JobAnswer, TextsAreBounded) {
  const SuiteCase of = case_named("a");
  LedgerRun run = run_of(job_of(of));
  run.reason = std::string(std::size_t{2} << 20U, 'x');
  run.cause = std::string("\x1b[2J");
  run.failures.resize(1000, run.failures.front());
  run.failures.front().faults.resize(1000, "cut");
  run.failures.front().sentence = run.reason;
  const auto read = parse_answer(answer_line({.run = run, .archive = {}}));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_LT(to_json(*read.value().run).dump().size(), std::size_t{100'000});
  EXPECT_EQ(read.value().run->cause, "\\x1b[2J");
}

TEST(EngineEvent, KindsAndRefusals) {
  using Kind = EngineEvent::Kind;
  EXPECT_EQ(parse_event(R"({"event":"hello","capsize-engine":1})").value().kind, Kind::kHello);
  EXPECT_EQ(parse_event(R"({"event":"capacity","slots":3})").value().slots, 3U);
  const auto lost = parse_event(R"({"event":"lost","id":"a/1","attempt":2,"reason":"power"})");
  EXPECT_EQ(lost.value().kind, Kind::kLost);
  EXPECT_EQ(lost.value().attempt, 2U);
  for (const char* line : {"", "[]", "{}", R"({"event":"hello","capsize-engine":2})",
                           R"({"event":"capacity","slots":100001})", R"({"event":"dance"})",
                           R"({"event":"completed","id":"a/1","attempt":1})"}) {
    EXPECT_FALSE(parse_event(line).ok()) << line;
  }
}

TEST(JobName, LeadsNowhere) {
  for (const char* name : {"a", "20261201T125722.056Z-8760-4", "A_b.c"}) {
    EXPECT_TRUE(is_job_name(name)) << name;
  }
  for (const char* name : {"", ".", "..", "a/b", "a b", "\n", "\xC3\xA4"}) {
    EXPECT_FALSE(is_job_name(name)) << name;
  }
  EXPECT_FALSE(is_job_name(std::string(129, 'a')));
}

TEST(JobDirectory, IsRemovedAtItsEndAndCannotBeSharedMeanwhile) {
  const TemporaryDirectory place;
  const std::filesystem::path jobs = std::filesystem::path(place.path()) / "jobs";
  {
    const auto job = JobDirectory::create(jobs, "a");
    ASSERT_TRUE(job.ok()) << job.error().message;
    EXPECT_FALSE(JobDirectory::create(jobs, "a").ok());
    EXPECT_TRUE(JobDirectory::create(jobs, "b").ok());
    EXPECT_TRUE(std::filesystem::exists(jobs / "a"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(jobs));
  std::filesystem::create_directory(jobs / "dead");
  std::ofstream(jobs / "dead" / "pid") << 1;
  std::filesystem::create_directory(jobs / "of others");
  std::ofstream(jobs / "file") << "of others, too";
  EXPECT_TRUE(JobDirectory::create(jobs, "c").ok());
  EXPECT_FALSE(std::filesystem::exists(jobs / "dead"));
  EXPECT_TRUE(std::filesystem::exists(jobs / "of others"));
  EXPECT_TRUE(std::filesystem::exists(jobs / "file"));
}

TEST(RunQueue, ALostTestComesAgainFourTimes) {
  Suite suite;
  suite.cases = {case_named("a")};
  RunQueue queue(suite, 1, {}, false);
  Execution execution;
  const auto any = [](const PlannedRun&) { return true; };
  for (std::uint64_t loss = 1; loss <= kLossesMax; ++loss) {
    const auto run = queue.next(execution, {}, any);
    ASSERT_TRUE(run.has_value()) << loss;
    EXPECT_EQ(run->id, "a/1");
    EXPECT_EQ(queue.repeat(*run), loss < kLossesMax);
  }
  EXPECT_FALSE(queue.next(execution, {}, any).has_value());
}

}  // namespace
}  // namespace capsize::harness
