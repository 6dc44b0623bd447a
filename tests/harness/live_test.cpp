// The watch of a run: what it reads of files that grow, are replaced, or hold nonsense.
#include "harness/live/run_watch.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "harness/cluster/clock.h"
#include "harness/live/fault_board.h"
#include "harness/live/growing_lines.h"
#include "harness/live/history_tally.h"
#include "harness/live/node_board.h"
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LiveTest : public testing::Test {
 protected:
  void append(const std::string& file, const std::string& text) const {
    fs::create_directories((directory_ / file).parent_path());
    std::ofstream(directory_ / file, std::ios::app | std::ios::binary) << text;
  }
  [[nodiscard]] OpenDirectory opened() const {
    return std::move(OpenDirectory::open(directory_)).value();
  }
  [[nodiscard]] RunWatch watch() const { return std::move(RunWatch::open(directory_)).value(); }
  TemporaryDirectory temporary_;
  fs::path directory_ = temporary_.path();
};

std::string event(int index, int process, const char* type, const char* f, const char* value,
                  int time_ms = 0) {
  return fmt::format(
      R"({{"index":{},"time":{},"process":{},"type":"{}","f":"{}","key":"r1","value":{}}})"
      "\n",
      index, std::int64_t{time_ms} * 1'000'000, process, type, f, value);
}

std::string fault(int id, const char* stage, const std::string& fields) {
  return fmt::format(R"({{"id":{},"stage":"{}","kind":"kill","time":5,{}}})"
                     "\n",
                     id, stage, fields);
}

std::string trace(int incarnation, const char* kind, int term, const char* role, int index) {
  return fmt::format(
      R"({{"time":7,"node":"n2","incarnation":{},"event":"{}","term":{},"role":"{}",)"
      R"("capsize-trace":1,"index":{},"entry-term":1,"hash":"cbf29ce484222325"}})"
      "\n",
      incarnation, kind, term, role, index);
}

TEST_F(LiveTest, GrowingLines_DeliverEachWholeLineOnce) {
  GrowingLines lines("log");
  EXPECT_EQ(lines.read(opened(), 100).lines, "") << "the file is not there yet";
  append("log", "one\ntw");
  EXPECT_EQ(lines.read(opened(), 100).lines, "one\n");
  EXPECT_EQ(lines.read(opened(), 100).lines, "");
  append("log", "o\nthree\n");
  EXPECT_EQ(lines.read(opened(), 100).lines, "two\nthree\n");
}

TEST_F(LiveTest, GrowingLines_ReadAtMostWhatIsAllowed) {
  GrowingLines lines("log");
  append("log", "12345\n67890\nabc\n");
  EXPECT_EQ(lines.read(opened(), 8).lines, "12345\n");
  EXPECT_EQ(lines.read(opened(), 8).lines, "67890\nabc\n");
}

TEST_F(LiveTest, GrowingLines_FromTheEnd_BeginWithAWholeLine) {
  GrowingLines lines("log");
  append("log", "12345\n67890\nabc\n");
  const auto reading = lines.read(opened(), 8, /*from_end=*/true);
  EXPECT_TRUE(reading.skipped);
  EXPECT_EQ(reading.lines, "abc\n");
  EXPECT_EQ(reading.read, reading.bytes);
}

TEST_F(LiveTest, GrowingLines_ReplacedOrShorterFile_IsReadAnew) {
  GrowingLines lines("log");
  append("log", "old\nhal");
  EXPECT_EQ(lines.read(opened(), 100).lines, "old\n");
  append("log.new", "new\n");
  fs::rename(directory_ / "log.new", directory_ / "log");
  auto reading = lines.read(opened(), 100);
  EXPECT_TRUE(reading.anew);
  EXPECT_EQ(reading.lines, "new\n");
  fs::resize_file(directory_ / "log", 0);
  reading = lines.read(opened(), 100);
  EXPECT_TRUE(reading.anew);
  EXPECT_EQ(reading.lines, "");
}

TEST_F(LiveTest, GrowingLines_LineBeyondTheBound_IsLeftOut) {
  GrowingLines lines("log");
  append("log", "a\n" + std::string(GrowingLines::kLineBytesMax + 10, 'x'));
  EXPECT_EQ(lines.read(opened(), std::size_t{4} << 20U).lines, "a\n");
  append("log", "tail\nb\n");
  EXPECT_EQ(lines.read(opened(), std::size_t{4} << 20U).lines, "b\n");
}

TEST_F(LiveTest, GrowingLines_LinkOrPipe_HasNoLines) {
  append("target", "secret\n");
  fs::create_symlink("target", directory_ / "log");
  EXPECT_EQ(GrowingLines("log").read(opened(), 100).lines, "");
  ASSERT_EQ(::mkfifo((directory_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(GrowingLines("pipe").read(opened(), 100).lines, "");
}

TEST(HistoryTallyTest, Completions_AreCountedByOutcomeAndSecond) {
  HistoryTally tally;
  tally.add(R"({"capsize-history":1,"model":"register"})");
  tally.add(event(0, 1, "invoke", "read", "null", 100));
  tally.add(event(1, 1, "ok", "read", "3", 200));
  tally.add(event(2, 2, "invoke", "write", "4", 300));
  tally.add(event(3, 3, "invoke", "write", "5", 400));
  tally.add(event(4, 2, "fail", "write", "4", 2500));
  tally.add(R"({"index":5,"time":2600000000,"process":"nemesis","type":"info","f":"kill"})");
  EXPECT_EQ(tally.total().ok, 1U);
  EXPECT_EQ(tally.total().fail, 1U);
  EXPECT_EQ(tally.total().info, 0U) << "the nemesis is no client";
  EXPECT_EQ(tally.open(), 1U);
  EXPECT_EQ(tally.newest(), 2500ms);
  EXPECT_EQ(tally.second_before(1s).ok, 1U);
  EXPECT_EQ(tally.second_before(2500ms).ok, 0U);
  EXPECT_EQ(tally.second_before(2500ms).fail, 1U);
  RunSnapshot snapshot;
  tally.write_seconds(snapshot);
  ASSERT_EQ(snapshot.seconds.size(), 3U);
  EXPECT_EQ(snapshot.first_second, 0U);
  EXPECT_EQ(snapshot.seconds[0].ok, 1U);
  EXPECT_EQ(snapshot.seconds[1].ok, 0U);
  EXPECT_EQ(snapshot.seconds[2].fail, 1U);
}

TEST(HistoryTallyTest, TimesFarApart_NeedBoundedMemory) {
  HistoryTally tally;
  for (int second = 0; second < 5000; second += 7) {
    tally.add(event(0, 1, "ok", "read", "3", second * 1000 / 7 * 7 % 2'000'000'000));
  }
  tally.add(R"({"time":9223372036854775807,"process":1,"type":"ok","f":"read"})");
  RunSnapshot snapshot;
  tally.write_seconds(snapshot);
  EXPECT_LE(snapshot.seconds.size(), RunWatch::kRateHistoryMax);
}

TEST(HistoryTallyTest, TextInAValue_IsNotTakenForAField) {
  HistoryTally tally;
  tally.add(R"({"index":0,"key":"\"type\":\"ok\"","time":1,"process":1,"type":"fail","f":"x"})");
  EXPECT_EQ(tally.total().ok, 0U);
  EXPECT_EQ(tally.total().fail, 1U);
}

TEST(FaultBoardTest, KilledNode_IsDeadUntilItsNextIncarnation) {
  FaultBoard board;
  board.add(R"({"capsize-faults":1})");
  board.add(fault(1, "planned", R"("state":"planned")"));
  board.add(fault(1, "begin",
                  R"("state":"installed","target":{"nodes":["n2"]},)"
                  R"("evidence":{"n2":{"incarnation":3,"signal":9}})"));
  EXPECT_EQ(board.state_of("n2", 3), NodeState::kDead);
  EXPECT_EQ(board.state_of("n1", 3), NodeState::kUp);
  EXPECT_EQ(board.state_of("n2", 4), NodeState::kUp) << "its trace shows a restart";
  RunSnapshot snapshot;
  board.write(snapshot);
  ASSERT_EQ(snapshot.faults.size(), 1U);
  EXPECT_THAT(snapshot.faults[0].nodes, ElementsAre("n2"));
  board.add(fault(1, "end", R"("state":"installed")"));
  board.write(snapshot);
  EXPECT_TRUE(snapshot.faults.empty());
  EXPECT_EQ(snapshot.faults_begun, 1U);
}

TEST(FaultBoardTest, StoppedProcess_IsPaused_SkippedFaultDoesNothing) {
  FaultBoard board;
  board.add(fault(1, "begin",
                  R"("state":"installed","target":{"nodes":["n2"]},)"
                  R"("evidence":{"n2":{"state":"T"}})"));
  EXPECT_EQ(board.state_of("n2", 1), NodeState::kPaused);
  board.add(fault(2, "begin",
                  R"("state":"skipped","target":{"nodes":["n3"]},)"
                  R"("evidence":{"n3":{"state":"T"}})"));
  EXPECT_EQ(board.state_of("n3", 1), NodeState::kUp);
  RunSnapshot snapshot;
  board.write(snapshot);
  EXPECT_EQ(snapshot.faults_skipped, 1U);
}

TEST(FaultBoardTest, Nonsense_HasNoEffect) {
  FaultBoard board;
  for (const char* line : {"", "{", "[]", "{\"id\":\"x\"}", "{\"id\":-1,\"stage\":\"begin\"}",
                           R"({"id":1e400,"stage":"begin"})",
                           R"({"id":1,"stage":["begin"],"target":7,"evidence":[]})"}) {
    board.add(line);
  }
  RunSnapshot snapshot;
  board.write(snapshot);
  EXPECT_TRUE(snapshot.faults.empty());
  board.add(R"({"id":1,"stage":"begin","time":1e300,"target":{"nodes":[1,"n1",{}]}})");
  board.write(snapshot);
  ASSERT_EQ(snapshot.faults.size(), 1U);
  EXPECT_THAT(snapshot.faults[0].nodes, ElementsAre("n1"));
}

TEST(NodeBoardTest, LastLinesOfATrace_SayRoleTermAndCommitIndex) {
  NodeBoard board;
  board.add(trace(1, "start", 0, "follower", 0) + trace(1, "commit", 2, "leader", 41) +
            trace(1, "role", 2, "leader", 42));
  NodeNow node;
  board.write(node, base::Instant(1s));
  EXPECT_EQ(node.role, "leader");
  EXPECT_EQ(node.term, 2U);
  EXPECT_EQ(node.commit, 41U);
  board.add(trace(2, "start", 2, "follower", 42));
  board.write(node, base::Instant(1s));
  EXPECT_EQ(node.incarnation, 2U);
  EXPECT_EQ(node.commit, 0U) << "a restarted node does not know yet what is committed";
}

TEST(NodeBoardTest, HalfALineOfAKilledProcess_IsPassedOver) {
  NodeBoard board;
  board.add(trace(1, "role", 5, "candidate", 42) + "{\"time\":8,\"node\":\"n2\",\"inc\n");
  NodeNow node;
  board.write(node, base::Instant(1s));
  EXPECT_EQ(node.role, "candidate");
  EXPECT_EQ(node.term, 5U);
}

constexpr const char* kScenario =
    R"({"name":"default","seed":18446744073709551615,"time-limit":"20s","bug":"b"})";

TEST_F(LiveTest, DirectoryWithoutScenario_IsNoRun) {
  const auto watch = RunWatch::open(directory_);
  ASSERT_FALSE(watch.ok());
  EXPECT_THAT(watch.error().message, HasSubstr("scenario.json"));
  EXPECT_FALSE(RunWatch::open(directory_ / "missing").ok());
}

TEST_F(LiveTest, Run_IsFollowedFromItsStartToItsVerdict) {
  append("scenario.json", kScenario);
  auto watch = this->watch();
  const auto start = base::Instant(100s);
  EXPECT_EQ(watch.poll(start).stage, RunStage::kStarting);
  append("history.jsonl", event(0, 1, "invoke", "write", "1", 100));
  append("nodes/n2/trace.jsonl", trace(1, "role", 3, "leader", 1));
  append("faults.jsonl", fault(1, "begin",
                               R"("state":"installed","target":{"nodes":["n2"]},)"
                               R"("evidence":{"n2":{"state":"T"}})"));
  auto snapshot = watch.poll(start + 1s);
  EXPECT_EQ(snapshot.stage, RunStage::kLoad);
  EXPECT_EQ(snapshot.seed, 18446744073709551615U);
  EXPECT_EQ(snapshot.time_limit, 20s);
  EXPECT_EQ(snapshot.open, 1U);
  ASSERT_EQ(snapshot.nodes.size(), 1U);
  EXPECT_EQ(snapshot.nodes[0].role, "leader");
  EXPECT_EQ(snapshot.nodes[0].state, NodeState::kPaused);
  EXPECT_EQ(snapshot.checker.operations, 1U);
  append("history.jsonl", event(1, 1, "ok", "write", "1", 200));
  snapshot = watch.poll(start + 1200ms);
  EXPECT_EQ(snapshot.total.ok, 1U);
  EXPECT_EQ(snapshot.time, 300ms) << "the first event was read 900 ms after the load had begun";
  EXPECT_EQ(snapshot.checker.state, CheckerState::kFollowing);
  append("results.json", R"({"verdict":"invalid","failures":[{"sentence":"a stale read"}]})");
  snapshot = watch.poll(start + 2s);
  EXPECT_EQ(snapshot.stage, RunStage::kEnded);
  EXPECT_EQ(snapshot.verdict, "invalid");
  EXPECT_EQ(snapshot.sentence, "a stale read");
  EXPECT_EQ(snapshot.time, 200ms);
}

TEST_F(LiveTest, Violation_IsReportedWhileTheHistoryGrows) {
  append("scenario.json", kScenario);
  auto watch = this->watch();
  append("history.jsonl", event(0, 1, "invoke", "write", "1") + event(1, 1, "ok", "write", "1"));
  EXPECT_EQ(watch.poll(base::Instant(1s)).checker.state, CheckerState::kFollowing);
  append("history.jsonl", event(2, 2, "invoke", "read", "null") + event(3, 2, "ok", "read", "9"));
  const auto& snapshot = watch.poll(base::Instant(2s));
  EXPECT_EQ(snapshot.checker.state, CheckerState::kViolated);
  EXPECT_THAT(snapshot.checker.sentence, HasSubstr("9"));
  append("history.jsonl", event(4, 2, "invoke", "read", "null"));
  EXPECT_EQ(watch.poll(base::Instant(3s)).checker.state, CheckerState::kViolated);
}

TEST_F(LiveTest, OtherWorkload_IsNotForTheStreamingChecker) {
  append("scenario.json", kScenario);
  append("history.jsonl", event(0, 1, "invoke", "append", "1"));
  auto watch = this->watch();
  EXPECT_EQ(watch.poll(base::Instant(1s)).checker.state, CheckerState::kNotForThis);
}

TEST_F(LiveTest, HistoryThatIsReplaced_IsCountedAnew) {
  append("scenario.json", kScenario);
  append("history.jsonl", event(0, 1, "invoke", "write", "1") + event(1, 1, "ok", "write", "1"));
  auto watch = this->watch();
  EXPECT_EQ(watch.poll(base::Instant(1s)).total.ok, 1U);
  append("new", event(0, 1, "invoke", "write", "1"));
  fs::rename(directory_ / "new", directory_ / "history.jsonl");
  const auto& snapshot = watch.poll(base::Instant(2s));
  EXPECT_EQ(snapshot.total.ok, 0U);
  EXPECT_EQ(snapshot.checker.state, CheckerState::kFollowing);
}

TEST_F(LiveTest, RunWithoutProcessAndNewFiles_WasKilled) {
  append("scenario.json", kScenario);
  append("history.jsonl", event(0, 1, "invoke", "write", "1"));
  const auto long_ago = fs::file_time_type::clock::now() - 1h;
  fs::last_write_time(directory_ / "history.jsonl", long_ago);
  fs::last_write_time(directory_, long_ago);
  auto watch = this->watch();
  EXPECT_EQ(watch.poll(base::Instant(1s)).stage, RunStage::kKilled);
}

TEST_F(LiveTest, SnapshotAsJson_HasEveryPart) {
  append("scenario.json", kScenario);
  append("history.jsonl", event(0, 1, "invoke", "write", "1"));
  append("nodes/n2/trace.jsonl", trace(1, "role", 3, "leader", 1));
  auto watch = this->watch();
  const base::Json json = to_json(watch.poll(base::Instant(1s)));
  EXPECT_EQ(json["seed"].text(), "18446744073709551615");
  EXPECT_EQ(json["nodes"][0]["role"].text(), "leader");
  EXPECT_EQ(json["checker"]["state"].text(), "following");
  EXPECT_EQ(json["stage"].text(), "load");
}

}  // namespace
}  // namespace capsize::harness
