// The log of a bisection: written and read back, torn, hostile; and what git's output and the
// command line may contain.
#include "harness/bisect/bisect_log.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "harness/bisect/builds.h"
#include "harness/bisect/revisions.h"
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

std::string commit_of(char digit) {
  return std::string(40, digit);
}

BisectQuestion some_question() {
  return {.group = "0123456789abcdef",
          .suite = "night",
          .suite_sum = "crc32c:1",
          .case_name = "kill",
          .good = commit_of('0'),
          .commits = {commit_of('a'), commit_of('b'), commit_of('c')},
          .build = "make 'all'",
          .keep = "build/bin",
          .program = "capsize",
          .seed = 18446744073709551615U,
          .background = 0.001};
}

BegunBisectRun begun(std::uint64_t number, std::size_t revision) {
  return {.number = number, .revision = revision, .seed = 7, .path = "runs/kill/x"};
}

const std::string kHead = R"({"capsize-bisect":1})"
                          "\n";
const std::string kBegin =
    R"({"event":"begin","group":"0123456789abcdef","suite":"n","suite-sum":"s","case":"k",)"
    R"("good":")" +
    commit_of('0') + R"(","commits":[")" + commit_of('a') + R"(",")" + commit_of('b') +
    R"("],"build":"make","keep":"b","program":"c","seed":1,"background":0.001})"
    "\n";

std::string error_of(const std::string& text) {
  const auto read = parse_bisect_log(text, "log");
  return read ? "" : read.error().message;
}

std::string line_of_run(const std::string& fields) {
  return R"({"event":"run","run":1,"revision":")" + commit_of('a') +
         R"(","seed":1,"path":"runs/x",)" + fields + "}\n";
}
const std::string kStart = R"({"event":"start","run":1,"revision":")" + commit_of('a') +
                           R"(","seed":1,"path":"runs/x"})"
                           "\n";

TEST(BisectLog, WhatIsWritten_IsReadBack) {
  const TemporaryDirectory folder;
  const auto path = std::filesystem::path(folder.path()) / "bisect" / "log.jsonl";
  {
    BisectLog log(LineLog::open(path, "busy").value(), {});
    ASSERT_TRUE(log.begin(some_question()).ok());
    ASSERT_TRUE(log.built(1, 2.5).ok());
    ASSERT_TRUE(log.skip(0, {SkipCause::kBuild, "exit code 2"}, 1.5).ok());
    for (const std::uint64_t number : {1U, 2U, 3U}) {
      ASSERT_TRUE(log.start(begun(number, 1)).ok());
    }
    BisectRun run(begun(1, 1));
    run.outcome = RunOutcome::kOther;
    run.verdict = "invalid";
    run.others = {"ffffffffffffffff"};
    run.seconds = 4.25;
    ASSERT_TRUE(log.finish(run).ok());
    ASSERT_TRUE(log.lose(begun(2, 1)).ok());
    ASSERT_TRUE(log.pause().ok());
  }
  std::ofstream(path, std::ios::app) << R"({"event":"run","run":3)";  // torn
  const auto read = read_bisect_log(path);
  ASSERT_TRUE(read.ok()) << read.error().message;
  ASSERT_TRUE(read.value().has_value());
  const BisectState& state = *read.value();
  EXPECT_EQ(difference(state.question, some_question()), "");
  EXPECT_EQ(state.builds, 1U);
  EXPECT_EQ(state.builds_failed, 1U);
  EXPECT_DOUBLE_EQ(state.build_seconds, 4.0);
  ASSERT_EQ(state.runs.size(), 1U);
  EXPECT_EQ(state.runs[0].outcome, RunOutcome::kOther);
  EXPECT_EQ(state.runs[0].others, std::vector<std::string>{"ffffffffffffffff"});
  ASSERT_EQ(state.open.size(), 1U);
  EXPECT_EQ(state.open.begin()->first, 3U);
  EXPECT_EQ(state.next_number, 4U);
  EXPECT_EQ(state.skipped.at(0).reason, "exit code 2");
}

TEST(BisectLog, MissingOrEmptyOrTornHead_IsNoQuestion) {
  const TemporaryDirectory folder;
  EXPECT_FALSE(
      read_bisect_log(std::filesystem::path(folder.path()) / "log.jsonl").value().has_value());
  for (const std::string& text : {std::string(), kHead, kHead + kBegin.substr(0, 100)}) {
    const auto read = parse_bisect_log(text, "log");
    ASSERT_TRUE(read.ok()) << text;
    EXPECT_FALSE(read.value().has_value()) << text;
  }
}

TEST(BisectLog, HostileLines_AreRefusedWithTheirNumber) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"[]\n", "log:1: found []"},
      {"{}\n", "log:1: found {}, expected {\"capsize-bisect\":1}"},
      {"{\"capsize-bisect\":2}\n", "log:1: found 2, expected 1"},
      {kHead + "\x1b[2J\n", "log:2: found \\x1b[2J"},
      {kHead + std::string((1U << 20U) + 1, 'x') + "\n", "log:2: found a line over 1 MiB"},
      {kHead + kStart, "log:2: key 'event': found start, expected begin"},
      {kHead + kBegin + kBegin, "log:3: found a second begin"},
      {kHead + kBegin + R"({"event":"built","revision":"x","seconds":1})" + "\n",
       "log:3: key 'revision': found x"},
      {kHead + kBegin + R"({"event":"built","revision":")" + commit_of('a') + R"(","seconds":-1})" +
           "\n",
       "log:3: key 'seconds': found -1"},
      {kHead + kBegin + line_of_run(R"("outcome":"failed")"),
       "log:3: key 'run': found 1, expected a run that has begun"},
      {kHead + kBegin + kStart + kStart, "log:4: key 'run': found 1, expected a new number"},
      {kHead + kBegin + kStart + line_of_run(R"("outcome":"odd")"),
       "log:4: key 'outcome': found odd"},
      {kHead + kBegin + kStart + line_of_run(R"("outcome":7)"), "log:4: "},
      {kHead + kBegin + kStart + line_of_run(R"("outcome":"failed","seconds":1e999)"), "log:4: "},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(error_of(text).substr(0, expected.size()), expected) << error_of(text);
  }
}

TEST(BisectLog, PathsOutsideOfTheBisection_AreRefused) {
  for (const char* path : {"/etc", "../x", "a/../../x", "", "./x"}) {
    std::string start = kStart;
    start.replace(start.find("runs/x"), 6, path);
    EXPECT_NE(error_of(kHead + kBegin + start), "") << path;
  }
}

TEST(BisectLog, HostileQuestions_AreRefused) {
  const auto with = [](const std::string& found, const std::string& instead) {
    std::string begin = kBegin;
    begin.replace(begin.find(found), found.size(), instead);
    return error_of(kHead + begin);
  };
  EXPECT_NE(with("0123456789abcdef", "0123"), "");
  EXPECT_NE(with(commit_of('b'), commit_of('a')), "");  // twice
  EXPECT_NE(with(commit_of('b'), "--output=x"), "");
  EXPECT_NE(with("0.001", "0"), "");
  EXPECT_NE(with("0.001", "\"x\""), "");
  EXPECT_NE(with("\"seed\":1", "\"seed\":-1"), "");
  EXPECT_EQ(with("make", "true"), "");
}

TEST(BisectLog, Seconds_OfACallThatWasKilledCountUntilItsLastLine) {
  const std::string text = kHead + kBegin + R"({"event":"built","revision":")" + commit_of('a') +
                           R"(","seconds":2,"at":3})" + "\n" + R"({"event":"resume","at":0.5})" +
                           "\n" + R"({"event":"pause","at":4})" + "\n";
  EXPECT_DOUBLE_EQ(parse_bisect_log(text, "log").value().value().seconds, 7);
}

TEST(BisectLog, LaterEvents_AreIgnored) {
  EXPECT_EQ(error_of(kHead + kBegin + R"({"event":"later","x":[1]})" + "\n"), "");
}

TEST(BisectLog, SecondWriter_IsRefused) {
  const TemporaryDirectory folder;
  const auto first = LineLog::open(std::filesystem::path(folder.path()) / "log", "busy",
                                   std::chrono::milliseconds(0));
  ASSERT_TRUE(first.ok());
  const auto second = LineLog::open(std::filesystem::path(folder.path()) / "log", "busy",
                                    std::chrono::milliseconds(0));
  ASSERT_FALSE(second.ok());
  EXPECT_TRUE(second.error().message.ends_with(": busy"));
}

TEST(Difference, NamesTheKeyThatDiffers) {
  BisectQuestion other = some_question();
  other.commits.pop_back();
  EXPECT_EQ(difference(some_question(), other), "commits");
}

TEST(ParseRevisions, HostileOutput_IsRefusedOrMadeSafe) {
  const auto good =
      parse_revisions(commit_of('a') + "\tFix \x1b[31mred\n" + commit_of('b') + "\t\n");
  ASSERT_TRUE(good.ok());
  ASSERT_EQ(good.value().size(), 2U);
  EXPECT_EQ(good.value()[0].subject, "Fix \\x1b[31mred");
  EXPECT_FALSE(parse_revisions("warning: x\n").ok());
  EXPECT_FALSE(parse_revisions(commit_of('A') + "\tx\n").ok());
  EXPECT_EQ(
      parse_revisions(commit_of('a') + "\t" + std::string(5000, 'x')).value()[0].subject.size(),
      203U);  // with an ellipsis of three bytes
  std::string many;
  for (std::size_t i = 0; i <= kRevisionsMax; ++i) many += commit_of('a') + "\tx\n";
  EXPECT_FALSE(parse_revisions(many).ok());
}

TEST(ParseRange, NamesThatGitTakesForOptions_AreRefused) {
  EXPECT_EQ(parse_range("v1.0..main").value(), std::pair(std::string("v1.0"), std::string("main")));
  for (const char* text :
       {"", "..", "a..", "..b", "a", "-a..b", "a..-b", "a...b", "a..b..c", "a..b\n"}) {
    EXPECT_FALSE(parse_range(text).ok()) << text;
  }
}

TEST(CheckInside, PathsOutOfTheWorkingTree_AreRefused) {
  EXPECT_TRUE(check_inside("build/bin").ok());
  for (const char* path : {"", "/bin", "..", "a/../b", ".git/hooks"}) {
    EXPECT_FALSE(check_inside(path).ok()) << path;
  }
}

}  // namespace
}  // namespace capsize::harness
