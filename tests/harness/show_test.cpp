// `capsize show` on run directories that the tests write: a small run with a stale read; whole,
// with files missing or cut, and with hostile texts.
#include "harness/show/show.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "nemesis/proxy/message_record.h"
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

namespace fs = std::filesystem;
using nemesis::proxy::MessageEvent;
using testing::HasSubstr;
using testing::Not;

// n3 led term 1; it is cut off at 10 ms, n1 leads term 2 at 20 ms, acknowledges write 2, and n3
// answers a read with 1. The load began at 1000 ms of the traces' clock.
constexpr const char* kResults = R"({"capsize-results":1,"verdict":"invalid",
"start-ns":1000000000,
"load-ms":60,"leader-changes":1,"reproduce":"capsize run --seed 7","interrupted":false,
"checks":[{"name":"linearizable","verdict":"invalid","explanation":"stale"},{"name":"live",
"verdict":"valid"}],
"tested":{"faults":1,"leader-changes":1,"operations-under-faults":2},
"failures":[{"signature":"00ff","check":"linearizable","anomaly":"stale read",
"label":"stale read, leader of an older term",
"sentence":"read of x by process 2 returned 1","faults":["cut"],"count":1,"at-ms":31}],
"counts":{"all":{"ok":3,"fail":0,"info":0},"by-function":{"read":{"ok":1,"fail":0,"info":0},
"write":{"ok":2,"fail":0,"info":0}}},
"faults":{"list":[{"id":1,"outage-ms":9,"recovery-ms":2}]},
"linearizable":{"verdict":"invalid","model":"register","violations":[{"anomaly":"stale read",
"key":"x","minimal":true,
"sentence":"read of x by process 2 returned 1","staleness":{"nanoseconds":5000000,"versions":1},
"operations":[
{"process":0,"f":"write","value":1,"outcome":"ok","index":0,"complete-index":1,"time":1000000,
"complete-time":2000000},
{"process":0,"f":"write","value":2,"outcome":"ok","index":2,"complete-index":3,"time":24000000,
"complete-time":25000000,"named":true},
{"process":2,"f":"read","value":1,"outcome":"ok","index":4,"complete-index":5,"time":30000000,
"complete-time":31000000,"named":true}]}]}})";

constexpr const char* kHistory = R"({"capsize-history":1,"model":"register","workload":"register"}
{"index":0,"time":1000000,"process":0,"type":"invoke","f":"write","key":"x","value":1}
{"index":1,"time":2000000,"process":0,"type":"ok","f":"write","key":"x","value":1}
{"index":2,"time":24000000,"process":0,"type":"invoke","f":"write","key":"x","value":2}
{"index":3,"time":25000000,"process":0,"type":"ok","f":"write","key":"x","value":2}
{"index":4,"time":30000000,"process":2,"type":"invoke","f":"read","key":"x","value":null}
{"index":5,"time":31000000,"process":2,"type":"ok","f":"read","key":"x","value":1}
)";

constexpr const char* kFaults =
    R"({"capsize-faults":1}
{"id":1,"stage":"planned","state":"planned","kind":"cut","time":10000000,"params":{}}
{"id":1,"stage":"begin","state":"installed","kind":"cut","time":10000000,"params":{},)"
    R"("target":{"nodes":["n3"]},"evidence":{"installed":1010100000},"effect-ns":200000}
{"id":1,"stage":"end","state":"installed","kind":"cut","time":40000000,"params":{},)"
    R"("target":{"nodes":["n3"]},"evidence":{"begin":{"installed":1010100000},)"
    R"("end":{"discarded":3,"seen":3}}}
)";

std::string event(std::int64_t ms, int node, const std::string& rest) {
  return "{\"time\":" + std::to_string(1000 + ms) + "000000,\"node\":\"n" + std::to_string(node) +
         "\",\"incarnation\":1," + rest + "}\n";
}

class ShowTest : public testing::Test {
 protected:
  ShowTest() {
    write("scenario.json", R"({"name":"small","nodes":3,"concurrency":3,"seed":7})");
    write("results.json", kResults);
    write("history.jsonl", kHistory);
    write("faults.jsonl", kFaults);
    const std::string start = R"("event":"start","term":1,"role":"follower","capsize-trace":1,)"
                              R"("index":0,"entry-term":0,"hash":"cbf29ce484222325")";
    const std::string log = R"("index":5,"entry-term":1,"hash":"48104f67c11f506a")";
    write("nodes/n1/trace.jsonl",
          event(-9, 1, start) +
              event(1, 1, R"("event":"commit","term":1,"role":"follower",)" + log) +
              event(19, 1, R"("event":"vote","term":2,"role":"candidate","vote":"n1")") +
              event(20, 1, R"("event":"role","term":2,"role":"leader",)" + log));
    write("nodes/n2/trace.jsonl",
          event(-9, 2, start) +
              event(19, 2, R"("event":"vote","term":2,"role":"follower","vote":"n1")"));
    write("nodes/n3/trace.jsonl",
          event(-9, 3, start) + event(-5, 3, R"("event":"role","term":1,"role":"leader",)" + log));
    write("messages.bin", messages());
  }
  static std::string messages() {
    constexpr auto kBytes = nemesis::proxy::kMessageRecordBytes;
    std::string bytes(kBytes, '\0');
    nemesis::proxy::encode_message_file_header(1, bytes.data());
    const auto add = [&](std::int64_t ms, int from, int to, int type, MessageEvent event) {
      const nemesis::proxy::MessageRecord record{
          .time_ns = (1000 + ms) * 1'000'000,
          .sequence = static_cast<std::uint64_t>(bytes.size()),
          .term = 1,
          .index = 5,
          .incarnation = 1,
          .from = static_cast<std::uint16_t>(from),
          .to = static_cast<std::uint16_t>(to),
          .type = static_cast<decltype(record.type)>(type),
          .event = event};
      bytes.resize(bytes.size() + kBytes);
      encode(record, bytes.data() + bytes.size() - kBytes);
    };
    add(12, 3, 1, 6, MessageEvent::kReadStopped);
    add(13, 3, 2, 6, MessageEvent::kReadStopped);
    add(14, 1, 2, 5, MessageEvent::kReadDelivered);
    add(18, 1, 2, 1, MessageEvent::kReadDelivered);
    return bytes;
  }
  void write(const fs::path& name, const std::string& text) {
    fs::create_directories((run_ / name).parent_path());
    std::ofstream(run_ / name, std::ios::binary) << text;
  }
  std::string show(const ShowOptions& options = {}) {
    const auto read = read_outcome(run_);
    EXPECT_TRUE(read) << read.error().message;
    if (!read) return {};
    const auto text = shown_run(read.value(), options);
    return text ? text.value() : text.error().message;
  }
  /// From this line on, without the line itself.
  static std::string after(const std::string& text, const std::string& line) {
    const auto at = text.find(line);
    return at == text.npos ? text : text.substr(text.find('\n', at) + 1);
  }

  TemporaryDirectory directory_;
  fs::path run_ = fs::path(directory_.path()) / "store" / "run";
};

TEST_F(ShowTest, TheCluster_IsOneLineAnEventAndOneColumnANode) {
  EXPECT_EQ(
      after(show(), "x dead, z stopped)"),
      R"(         ms                                                                n1    n2    n3
     -9.000  n1 starts, incarnation 1                                      F1 0  F1 0  F1 0
     -9.000  n2 starts, incarnation 1                                      F1 0  F1 0  F1 0
     -9.000  n3 starts, incarnation 1                                      F1 0  F1 0  F1 0
     -5.000  n3 leads term 1                                               F1 0  F1 0  L1 0
      1.000  #3 write 1 at n1                                              F1 5  F1 0  L1 0
      2.000  #3 ok                                                         F1 5  F1 0  L1 0
     10.000  fault 1: cut n3 begins                                        F1 5  F1 0  L1 0
     12.000  n3>all Heartbeat 1 stopped                                    F1 5  F1 0  L1 0
     18.000  n1>n2 RequestVote 1                                           F1 5  F1 0  L1 0
     19.000  n1 votes for n1, term 2                                       C2 5  F2 0  L1 0
     19.000  n2 votes for n1, term 2                                       C2 5  F2 0  L1 0
     20.000  n1 leads term 2                                               L2 5  F2 0  L1 0
     24.000  #1 write 2 at n1                                              L2 5  F2 0  L1 0
     25.000  #1 ok                                                         L2 5  F2 0  L1 0
     30.000  #2 read at n3                                                 L2 5  F2 0  L1 0
     31.000  #2 ok: 1                                                      L2 5  F2 0  L1 0
     40.000  fault 1: cut n3 ends                                          L2 5  F2 0  L1 0
)");
}

TEST_F(ShowTest, SummaryExplanationAndKey_AreThere) {
  const std::string text = show();
  EXPECT_THAT(text, HasSubstr("small: invalid"));
  EXPECT_THAT(text, HasSubstr("signature     00ff  stale read, leader of an older term"));
  EXPECT_THAT(text, HasSubstr("reproduce     capsize run --seed 7"));
  EXPECT_THAT(text, HasSubstr("      2  n3 leader, term 1        n1, term 2     cut n3"));
  EXPECT_THAT(text, HasSubstr("  key x from "));
  EXPECT_THAT(text, HasSubstr("*       30.000      1.000        2  n3   read     ok      1\n"));
}

TEST_F(ShowTest, WithAWindow_OnlyThatIsShown_AndEveryMessageIfAsked) {
  const auto ms = [](int number) { return std::chrono::milliseconds(number); };
  const std::string text = show({.around = ms(13), .length = ms(4), .messages = true});
  EXPECT_EQ(
      after(text, "     ms  "),
      R"(     11.000  fault 1: cut n3, since 10 ms                                  F1 5  F1 0  L1 0
     12.000  n3>n1 Heartbeat 1/5 stopped                                   F1 5  F1 0  L1 0
     13.000  n3>n2 Heartbeat 1/5 stopped                                   F1 5  F1 0  L1 0
     14.000  n1>n2 AppendEntries 1/5                                       F1 5  F1 0  L1 0
)");
}

TEST_F(ShowTest, AnUnknownKey_IsAnErrorThatNamesOthers) {
  EXPECT_EQ(show({.key = "y"}), "--key: found y, expected a key of the history: x");
}

TEST_F(ShowTest, EachMissingFile_IsNamed_AndTheRestIsShown) {
  for (const char* name : {"results.json", "history.jsonl", "faults.jsonl", "messages.bin",
                           "nodes/n2/trace.jsonl", "scenario.json"}) {
    const std::string text = [&] {
      const fs::path aside = run_ / "aside";
      fs::rename(run_ / name, aside);
      std::string shown = show();
      fs::rename(aside, run_ / name);
      return shown;
    }();
    const std::string said = std::string(name).starts_with("nodes/") ? "no trace of n2" : name;
    EXPECT_THAT(text, HasSubstr(said)) << name;
    EXPECT_GT(text.size(), 200U) << name;
  }
}

TEST_F(ShowTest, AKilledRun_ShowsTheClusterAtATimeThatIsAskedFor) {
  fs::remove(run_ / "results.json");
  const std::string text = show({.around = std::chrono::milliseconds(20)});
  EXPECT_THAT(text, HasSubstr("none: the run was killed"));
  EXPECT_THAT(text, HasSubstr("estimated from a fault"));
  EXPECT_THAT(text, HasSubstr("     20.000  n1 leads term 2"));
}

TEST_F(ShowTest, CutAndDamagedFiles_AreShownAsFarAsTheyGo) {
  for (const char* name : {"results.json", "history.jsonl", "faults.jsonl", "messages.bin",
                           "nodes/n1/trace.jsonl", "scenario.json"}) {
    std::ifstream file(run_ / name, std::ios::binary);
    const std::string whole{std::istreambuf_iterator<char>(file), {}};
    for (std::size_t part = 0; part < 8; ++part) {
      write(name, whole.substr(0, whole.size() * part / 8));
      EXPECT_GT(show().size(), 100U) << name << " cut to " << part << "/8";
    }
    write(name, whole);
  }
}

TEST_F(ShowTest, HostileTexts_StayText) {
  const std::string evil = R"(\u001b[2J\u0007\u202e)" + std::string(100'000, 'A');
  std::string results = kResults;
  for (const char* text : {"stale read, leader of an older term", "capsize run --seed 7",
                           "read of x by process 2 returned 1"}) {
    for (auto at = results.find(text); at != results.npos; at = results.find(text, at + 1)) {
      results.replace(at, std::string(text).size(), evil);
      at += evil.size();
    }
  }
  write("results.json", results);
  write("faults.jsonl",
        R"({"id":1,"stage":"begin","state":"installed","kind":"\u001b[31m","time":1,)"
        R"("target":{"nodes":["n3",7]},"evidence":{"n3":{"state":["\u0007"]}}}
[]
{"id":2,"stage":"end","time":-1}
{"id":3,"stage":"begin","state":"installed","kind":"pause","time":2,"evidence":{"n3":7,"end":[1]}}
)");
  write("nodes/n1/trace.jsonl",
        event(19, 1, R"("event":"vote","term":2,"role":"candidate","vote":"\u001b[2J")") +
            "{\n\xff\n");
  for (const bool messages : {false, true}) {
    const std::string text = show({.messages = messages});
    EXPECT_THAT(text, Not(HasSubstr("\033")));
    EXPECT_THAT(text, Not(HasSubstr("\a")));
    EXPECT_THAT(text, HasSubstr("\\x1b[2J"));
    EXPECT_LT(text.size(), 60'000U);
  }
}

TEST_F(ShowTest, ManyNodes_FitTheWidthWithoutCommitIndexes) {
  write("scenario.json", R"({"name":"wide","nodes":15,"concurrency":15,"seed":7})");
  for (int node = 1; node <= 15; ++node) {
    write("nodes/n" + std::to_string(node) + "/trace.jsonl",
          event(1, node,
                R"("event":"commit","term":123,"role":"follower","index":123456,)"
                R"("entry-term":1,"hash":"48104f67c11f506a")"));
  }
  for (const std::size_t columns : {100U, 132U, 200U, 300U}) {
    const std::string table = after(show({.columns = columns}), "x dead, z stopped)");
    std::istringstream lines(table);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), columns) << line;
    EXPECT_THAT(table, HasSubstr(columns == 100 ? " F  F  F" : " F123"));
    EXPECT_EQ(table.find("123456") != table.npos, columns == 300);
  }
}

TEST_F(ShowTest, WhatIsNoRun_IsAnError) {
  EXPECT_THAT(read_outcome(run_ / "nodes").error().message,
              HasSubstr("found neither scenario.json"));
  EXPECT_THAT(read_outcome("/no/such/run").error().message, HasSubstr("found no directory"));
}

}  // namespace
}  // namespace capsize::harness
