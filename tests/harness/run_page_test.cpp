// report.html of a run directory: what the files say, whatever bytes are in them.
#include "harness/page/run_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "harness/page/argument.h"
#include "harness/page/linearization_points.h"
#include "harness/page/node_lane.h"
#include "harness/page/page_text.h"
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

using base::Json;
using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Optional;

constexpr std::int64_t kMs = 1'000'000;

Json operation(const char* f, const Json& value, int process, int begin, int end, bool named) {
  return {{"f", f},
          {"value", value},
          {"process", process},
          {"index", begin},
          {"complete-index", end},
          {"time", begin * kMs},
          {"complete-time", end * kMs},
          {"outcome", "ok"},
          {"named", named}};
}

TEST(LinearizationPoints, LeaveNoPlaceForTheStaleRead) {
  const Json operations =
      Json::array({operation("write", 1, 0, 10, 20, false), operation("write", 2, 1, 30, 40, true),
                   operation("read", 1, 2, 50, 60, true)});
  EXPECT_THAT(linearization_points(operations, "register"),
              ElementsAre(Optional(10 * kMs), Optional(30 * kMs), Eq(std::nullopt)));
}

TEST(LinearizationPoints, AreInsideTheIntervalsAndInALegalOrder) {
  // The read returns 2, so write 2 comes before it, and the later write 3 after.
  const Json operations =
      Json::array({operation("write", 3, 0, 10, 90, false), operation("write", 2, 1, 20, 80, false),
                   operation("read", 2, 2, 30, 70, false), operation("read", 9, 3, 95, 99, true)});
  const auto points = linearization_points(operations, "register");
  ASSERT_EQ(points.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(points[i]);
    EXPECT_GE(*points[i], operations[i]["time"].get<std::int64_t>());
    EXPECT_LE(*points[i], operations[i]["complete-time"].get<std::int64_t>());
  }
  EXPECT_LE(*points[1], *points[2]);
  EXPECT_FALSE(points[3]);
}

TEST(LinearizationPoints, AreNotGuessed) {
  const Json legal_without_none =
      Json::array({operation("read", 1, 0, 10, 20, true), operation("read", 2, 1, 30, 40, true)});
  EXPECT_THAT(linearization_points(legal_without_none, "register"), IsEmpty());
  EXPECT_THAT(linearization_points(Json::array({operation("read", 1, 0, 1, 2, true)}), "no model"),
              IsEmpty());
  EXPECT_THAT(linearization_points(Json("text"), "register"), IsEmpty());
  EXPECT_THAT(linearization_points(Json::array({Json(1), Json("x")}), "register"), IsEmpty());
}

ArguedOperation argued(const char* process, const char* f, const char* value, double begin,
                       double end) {
  return {.process = process,
          .function = f,
          .value = value,
          .outcome = "ok",
          .invoke_ms = begin,
          .complete_ms = end,
          .named = true};
}

std::vector<std::string> texts(const std::vector<ArgumentStep>& steps) {
  std::vector<std::string> lines;
  for (const auto& step : steps) lines.push_back(std::string(name(step.kind)) + " " + step.text);
  return lines;
}

TEST(Argument, SaysWhatRealTimeAndValuesOrderAndWhatContradictsThem) {
  const auto steps =
      argument_of({argued("7", "read", "1", 50, 60), argued("4", "write", "2", 30, 40),
                   argued("3", "write", "1", 10, 20)},
                  "r1", "a stale read");
  EXPECT_THAT(
      texts(steps),
      ElementsAre("let #1 be the read of r1 by process 7, which returned 1",
                  "let #2 be write 2 to r1 by process 4, which was acknowledged",
                  "let #3 be write 1 to r1 by process 3, which was acknowledged",
                  "then #2 takes effect before #1, because it had completed 10 ms before #1 began",
                  "then #3 takes effect before #2, because it had completed 10 ms before #2 began",
                  "then #3 takes effect before #1, which returned its value 1",
                  "however no order of these operations satisfies all of that: a stale read"));
}

TEST(Argument, ACasFindsOneValueAndLeavesAnother) {
  const auto lines =
      texts(argument_of({argued("7", "read", "3", 5, 60), argued("4", "cas", "[2,3]", 6, 60),
                         argued("3", "write", "2", 7, 60)},
                        "r", "x"));
  EXPECT_EQ(lines[3], "then #2 takes effect before #1, which returned its value 3");
  EXPECT_EQ(lines[4], "then #3 takes effect before #2, which found its value 2");
}

TEST(Argument, AnUnknownOutcomePrecedesNothing) {
  auto unknown = argued("3", "write", "1", 10, 20);
  unknown.outcome = "info";
  const auto lines = texts(argument_of({unknown, argued("4", "read", "2", 30, 40)}, "", "x"));
  EXPECT_THAT(lines, ElementsAre("let #1 be write 1 by process 3, whose outcome is unknown",
                                 "let #2 be the read by process 4, which returned 2",
                                 "however no order of these operations satisfies all of that: x"));
}

class RunDirectoryFixture : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& content) const {
    const auto path = directory() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
  }
  [[nodiscard]] std::filesystem::path directory() const {
    return std::filesystem::path(temporary_.path()) / "night" / "20261201T081434.364Z-7";
  }
  /// A read through n1, which still leads term 1, after a write through n2, which leads term 2.
  void write_run() const {
    write("scenario.json",
          R"({"name":"night","nodes":2,"concurrency":2,"retries":0,"seed":18446744073709551615,)"
          R"("bug":"read-without-quorum"})");
    write("history.jsonl",
          R"({"process":0,"type":"invoke","f":"write","key":"r","value":1,"time":1000000})"
          "\n"
          R"({"process":0,"type":"ok","f":"write","key":"r","value":1,"time":2000000})"
          "\n"
          R"({"process":1,"type":"invoke","f":"write","key":"r","value":2,"time":30000000})"
          "\n"
          R"({"process":1,"type":"ok","f":"write","key":"r","value":2,"time":40000000})"
          "\n"
          R"({"process":0,"type":"invoke","f":"read","key":"r","value":null,"time":50000000})"
          "\n"
          R"({"process":0,"type":"ok","f":"read","key":"r","value":1,"time":51000000})"
          "\n");
    write("faults.jsonl",
          R"({"capsize-faults":1})"
          "\n"
          R"({"id":1,"stage":"planned","time":9,"kind":"cut","state":"planned","params":{}})"
          "\n"
          R"({"id":1,"stage":"begin","time":10000000,"kind":"cut","state":"installed",)"
          R"("params":{},"target":{"select":"leader","nodes":["n1"]},"evidence":{"x":1}})"
          "\n"
          R"({"id":1,"stage":"end","time":60000000,"kind":"cut","state":"installed","params":{},)"
          R"("target":{"select":"leader","nodes":["n1"]},"evidence":{}})"
          "\n");
    write("nodes/n1/trace.jsonl",
          R"({"time":1000,"node":"n1","incarnation":1,"event":"start","term":0,"role":"follower",)"
          R"("capsize-trace":1,"index":0,"entry-term":0,"hash":"cbf29ce484222325"})"
          "\n"
          R"({"time":2000000,"node":"n1","incarnation":1,"event":"role","term":1,"role":"leader"})"
          "\n");
    write("nodes/n2/trace.jsonl",
          R"({"time":1000,"node":"n2","incarnation":1,"event":"start","term":0,"role":"follower",)"
          R"("capsize-trace":1,"index":0,"entry-term":0,"hash":"cbf29ce484222325"})"
          "\n"
          R"({"time":20000000,"node":"n2","incarnation":1,"event":"role","term":2,)"
          R"("role":"leader"})"
          "\n");
    const Json operations =
        Json::array({operation("write", 1, 0, 1, 2, false), operation("write", 2, 1, 30, 40, true),
                     operation("read", 1, 0, 50, 51, true)});
    const Json results = {
        {"verdict", "invalid"},
        {"start-ns", 0},
        {"failures",
         Json::array({{{"sentence", "stale"}, {"label", "stale read"}, {"at-ms", 51}}})},
        {"checks", Json::array({{{"name", "linearizable"}, {"verdict", "invalid"}}})},
        {"linearizable",
         {{"model", "register"},
          {"violations", Json::array({{{"sentence", "stale"}, {"operations", operations}}})}}}};
    write("results.json", results.dump());
    write("evidence.json",
          R"({"explanation":{"anomaly":"stale read","key":"r","sentence":"stale","operations":[)"
          R"({"f":"read","value":1,"process":"0","outcome":"ok","named":true,"invoke-ms":50.0,)"
          R"("complete-ms":51.0,"served-by":{"node":"n1","role":"leader","term":1},)"
          R"("newest-leader":{"node":"n2","term":2},"faults":"cut n1"},)"
          R"({"f":"write","value":2,"process":"1","outcome":"ok","named":true,"invoke-ms":30.0,)"
          R"("complete-ms":40.0}]},)"
          R"("transitions":{"n1":[{"ms":2.0,"event":"role","role":"leader","term":1}]}})");
  }

 private:
  TemporaryDirectory temporary_;
};

TEST_F(RunDirectoryFixture, ThePageAnswersWhatBrokeAndUnderWhichFault) {
  write_run();
  const auto page = page_of(directory());
  ASSERT_TRUE(page) << page.error().message;
  const Json& data = page.value().data;
  EXPECT_EQ(data["sentence"].text(), "stale");
  EXPECT_EQ(data["run"]["seed"].text(), "18446744073709551615");
  EXPECT_EQ(data["run"]["started"].text(), "2026-12-01T08:14:34.364Z");
  const Json& answers = data["answers"];
  EXPECT_EQ(answers["broke"].text(), "stale read on r");
  EXPECT_EQ(answers["operations"].text(),
            "#1 write 2 by process 1; #2 read returned 1 by process 0");
  EXPECT_EQ(answers["fault"].text(), "cut n1 for 41 ms");
  EXPECT_EQ(answers["leader"].text(), "n2, term 2");
  EXPECT_EQ(answers["answered"].text(), "n1, which led term 1");
  EXPECT_EQ(data["operations"]["count"].get<int>(), 3);
  EXPECT_EQ(data["operations"]["lanes"][0]["node"].text(), "n1");
  const Json& explained = data["explanation"]["operations"];
  EXPECT_EQ(explained[0]["pointMs"].get<double>(), 30.0);
  EXPECT_TRUE(explained[1]["pointMs"].is_null());
  EXPECT_EQ(data["explanation"]["logLines"][0]["text"].text(), "becomes leader in term 1");
  EXPECT_EQ(data["nodes"][1]["roles"][1]["role"].text(), "leader");
  EXPECT_LE(data["focus"]["begin"].get<double>(), 10.0);
}

TEST_F(RunDirectoryFixture, ARunThatWasKilledHasAPage) {
  write_run();
  for (const char* name : {"results.json", "evidence.json", "nodes/n1/trace.jsonl"}) {
    std::filesystem::remove(directory() / name);
  }
  write("faults.jsonl", "{\"id\":1,\"stage\":\"pla");
  const auto page = page_of(directory());
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_THAT(page.value().data["sentence"].text(), HasSubstr("no results"));
  EXPECT_TRUE(page.value().data["explanation"].is_null());
  EXPECT_EQ(page.value().data["operations"]["count"].get<int>(), 3);
}

TEST_F(RunDirectoryFixture, WhatIsNoRunDirectoryIsRefused) {
  std::filesystem::create_directories(directory());
  const auto page = page_of(directory());
  ASSERT_FALSE(page);
  EXPECT_THAT(page.error().message, HasSubstr("found no scenario.json, expected the directory"));
  EXPECT_FALSE(page_of(directory() / "missing"));
}

TEST_F(RunDirectoryFixture, ValuesOfOtherTypesCountAsMissing) {
  for (const char* wrong : {"[]", "7", "\"x\"", "{\"failures\":{\"a\":1},\"checks\":[1,null,[]]}",
                            "{\"failures\":[[]],\"linearizable\":[1],\"explanation\":[2]}",
                            "{\"explanation\":{\"operations\":[1,{\"invoke-ms\":\"x\"}]},"
                            "\"linearizable\":{\"violations\":[{\"operations\":{}}]},"
                            "\"start-ns\":1e300,\"faults\":{\"list\":[{\"id\":\"x\"}]}}"}) {
    for (const char* file : {"results.json", "evidence.json", "scenario.json", "faults.jsonl"}) {
      write_run();
      write(file, wrong);
      const auto page = page_of(directory());
      ASSERT_TRUE(page) << file << " " << wrong;
      EXPECT_THAT(html_of(page.value()), HasSubstr("</html>"));
    }
  }
}

TEST_F(RunDirectoryFixture, MarkupInTheFilesStaysText) {
  const std::string markup = "</script><script>alert(1)</script><!--<img src=x onerror=alert(1)>";
  write_run();
  write("results.json",
        Json{{"verdict", "invalid"},
             {"failures",
              Json::array({{{"sentence", markup}, {"label", markup}, {"check", markup}}})},
             {"reproduce", markup}}
            .dump());
  write("scenario.json", Json{{"name", markup}, {"bug", markup}}.dump());
  write("history.jsonl", Json{{"process", markup},
                              {"type", "invoke"},
                              {"f", "write"},
                              {"key", markup},
                              {"value", markup},
                              {"time", 1}}
                                 .dump() +
                             "\n");
  const auto page = page_of(directory());
  ASSERT_TRUE(page) << page.error().message;
  const std::string html = html_of(page.value());
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, Not(HasSubstr("<!--<img")));
  EXPECT_THAT(html, HasSubstr("\\u003c/script>"));
}

TEST_F(RunDirectoryFixture, LongAndBrokenTextIsCutAndEscaped) {
  EXPECT_EQ(page_text("abc", 10), "abc");
  EXPECT_EQ(page_text("aé", 2), "a… (2 bytes left out)");
  EXPECT_EQ(page_text("\x1b[2J\xff", 10), "\\x1b[2J\\xff");
  write_run();
  write("history.jsonl", Json{{"process", 0},
                              {"type", "invoke"},
                              {"f", "write"},
                              {"key", std::string(1 << 20, 'k')},
                              {"value", std::string(1 << 20, 'v')},
                              {"time", 1}}
                                 .dump() +
                             "\n");
  const auto page = page_of(directory());
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_LT(html_of(page.value()).size(), 2'000'000U);
}

RunFault fault(const char* kind, double begin, double end, const char* node) {
  RunFault made;
  made.kind = kind;
  made.state = "installed";
  made.nodes = {node};
  made.begin = begin;
  made.end = end;
  return made;
}

TEST_F(RunDirectoryFixture, ANodeIsDeadFromTheKillToItsNextStart) {
  const auto line = [](int ms, int incarnation, const char* event, const char* role, int term) {
    Json json = {{"time", ms * kMs},
                 {"node", "n1"},
                 {"incarnation", incarnation},
                 {"event", event},
                 {"role", role},
                 {"term", term},
                 {"capsize-trace", 1},
                 {"index", 0},
                 {"entry-term", 0},
                 {"hash", "cbf29ce484222325"}};
    return json.dump() + "\n";
  };
  write("trace.jsonl", line(0, 1, "start", "follower", 0) + line(10, 1, "role", "leader", 3) +
                           line(90, 1, "role", "leader", 3) + line(200, 2, "start", "follower", 3) +
                           "{\"time\":210,\"ev");
  std::vector<RunFault> faults = {fault("pause", 20, 50, "n1"), fault("kill", 100, 200, "n1"),
                                  fault("kill", 60, 70, "n2"), fault("clock-bump", 5, 9, "n1")};
  faults.back().params = R"({"by":"500ms","times":3})";
  const NodeLane lane = read_lane("n1", directory() / "trace.jsonl",
                                  {.faults = faults, .load_began_ns = 0, .end_ms = 300});
  std::vector<std::string> states;
  for (const auto& [begin, end, state] : lane.states) {
    states.push_back(std::string(state) + " " + std::to_string(static_cast<int>(begin)) + "-" +
                     std::to_string(static_cast<int>(end)));
  }
  EXPECT_THAT(states,
              ElementsAre("up 0-20", "paused 20-50", "up 50-100", "dead 100-200", "up 200-300"));
  ASSERT_NE(lane.role_at(95), nullptr);
  EXPECT_EQ(lane.role_at(95)->role, "leader");
  EXPECT_EQ(lane.role_at(150), nullptr);
  EXPECT_EQ(lane.role_at(250)->term, 3U);
  ASSERT_EQ(lane.clock.size(), 1U);
  EXPECT_EQ(lane.clock[0].text, "clock-bump, by 500ms, times 3");
}

}  // namespace
}  // namespace capsize::harness
