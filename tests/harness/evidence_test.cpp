// evidence.json: bounded and valid whatever the run recorded, and enough to state cause and place.
#include "harness/evidence/evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "harness/evidence/bounded_json.h"
#include "harness/evidence/signature.h"
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;
using base::Json;
using testing::AllOf;
using testing::Each;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kStart = 5000 * kMs;

/// Bytes that break careless writers: control characters, invalid UTF-8, quotes, escapes.
std::string hostile(std::size_t bytes) {
  static constexpr char kBytes[] = "\x01\xff\xfe\"\\\n\x1b[2J\xe2\x82\xf0\x9f</script>\x00\x7f";
  std::string text;
  while (text.size() < bytes) text.append(kBytes, sizeof(kBytes) - 1);
  return text;
}

checker::OperationView operation(std::int64_t process, std::string function, std::string value,
                                 std::int64_t begin) {
  checker::OperationView view;
  view.process = process;
  view.function = std::move(function);
  view.value = std::move(value);
  view.invoke_time = begin * kMs;
  view.complete_time = (begin + 1) * kMs;
  view.outcome = checker::Outcome::kOk;
  view.named = true;
  return view;
}

nemesis::FaultRecord fault(std::string kind, base::Duration begin, base::Duration end) {
  auto planned = std::make_shared<nemesis::PlannedFault>();
  planned->spec.kind = std::move(kind);
  return {.fault = planned,
          .nodes = {0},
          .state = nemesis::FaultState::kInstalled,
          .begin = begin,
          .end = end,
          .evidence = {{"begin", {{"n1", {{"state", "T"}}}}}}};
}

class EvidenceTest : public testing::Test {
 protected:
  EvidenceTest() {
    outcome_.scenario.nodes = 2;
    outcome_.scenario.concurrency = 4;  // process p is a client of node p % 2
    outcome_.scenario.seed = 7;
    outcome_.scenario.rate = 99;
    outcome_.start = base::Instant(base::Duration(kStart));
    outcome_.directory = directory_.path();
    outcome_.checks = {{.name = "linearizable", .verdict = checker::Verdict::kInvalid}};
    outcome_.linearizable = checker::Report{.verdict = checker::Verdict::kInvalid};
    outcome_.linearizable->violations = {
        {.anomaly = checker::Anomaly::kStaleRead,
         .key = "r1",
         .sentence = "read of r1 returned 7",
         .operations = {operation(1, "write", "8", 100), operation(0, "read", "7", 120)}}};
    outcome_.faults = {fault("kill", 1ms, 2ms), fault("cut", 50ms, 300ms),
                       fault("pause", 4000ms, 5000ms)};
  }

  void trace(const char* node, std::int64_t ms, const char* event, const char* role,
             std::uint64_t term, const Json& further = Json::object()) {
    Json line = {{"time", kStart + ms * kMs},
                 {"node", node},
                 {"event", event},
                 {"role", role},
                 {"term", term},
                 {"incarnation", 1}};
    line.update(further);
    append(std::string("nodes/") + node + "/trace.jsonl", line.dump() + "\n");
  }
  void append(const std::string& name, const std::string& text) {
    const auto path = outcome_.directory / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::app | std::ios::binary) << text;
  }
  /// Writes the file, and returns what a reader finds in it.
  Json written(const Json& results = Json::object()) {
    outcome_.failures = failures_of(outcome_, trace_facts_of(outcome_));
    EXPECT_TRUE(write_evidence(outcome_, results).ok());
    std::ifstream file(outcome_.directory / "evidence.json", std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    bytes_ = text.str().size();
    EXPECT_LE(bytes_, kEvidenceBytesMax);
    Json parsed = Json::parse(text.str());
    EXPECT_TRUE(parsed.is_object()) << text.str().substr(0, 2000);
    // A writer that passes broken UTF-8 on would differ from what the parser made of it.
    EXPECT_EQ(evidence_text(parsed), text.str());
    return parsed;
  }

  TemporaryDirectory directory_;
  Outcome outcome_;
  std::size_t bytes_ = 0;
};

TEST_F(EvidenceTest, Violation_HasCauseAndPlace) {
  trace("n1", 0, "role", "leader", 1, {{"index", 3}});
  trace("n2", 60, "role", "leader", 2, {{"index", 4}});
  trace("n2", 100, "append", "leader", 2, {{"first", 5}, {"index", 5}, {"entry-term", 2}});
  trace("n2", 101, "commit", "leader", 2, {{"index", 5}, {"entry-term", 2}});
  trace("n2", 101, "apply", "leader", 2, {{"index", 5}});
  trace("n2", 400, "commit", "leader", 2, {{"index", 9}, {"entry-term", 2}});
  trace("n2", 9000, "term", "follower", 3);
  append("nodes/n2/log", "ready\nlast words\n");
  append("harness.log", "two nodes\n");
  const Json evidence = written({{"reproduce", "capsize run --seed 7"},
                                 {"cause", {{"kind", "none"}}},
                                 {"versions", {{"source", "abc"}}}});
  EXPECT_EQ(evidence["capsize-evidence"], 1);
  EXPECT_EQ(evidence["verdict"], "invalid");
  EXPECT_EQ(evidence["signature"], evidence["failures"][0]["signature"]);
  EXPECT_EQ(evidence["failures"][0]["label"], "stale read, leader of an older term");
  EXPECT_EQ(evidence["scenario"], Json({{"nodes", 2}, {"concurrency", 4}, {"rate", 99.0}}));
  EXPECT_EQ(evidence["cause"]["kind"], "none");
  EXPECT_EQ(evidence["versions"]["source"], "abc");
  const Json& read = evidence["explanation"]["operations"][0];
  EXPECT_EQ(read["served-by"], Json({{"node", "n1"}, {"role", "leader"}, {"term", 1}}));
  EXPECT_EQ(read["newest-leader"], Json({{"node", "n2"}, {"term", 2}}));
  EXPECT_EQ(read["faults"], "cut n1");
  EXPECT_EQ(read["value"], 7);
  ASSERT_EQ(evidence["faults"].size(), 2U) << "not the one that began later";
  EXPECT_EQ(evidence["faults"][0]["kind"], "cut");
  EXPECT_EQ(evidence["faults"][0]["proof"]["begin"]["n1"]["state"], "T");
  EXPECT_EQ(evidence["faults"][1]["active"], false);
  std::vector<std::string> events;
  for (const auto& line : evidence["transitions"]["n2"]) events.push_back(line["event"].text());
  EXPECT_THAT(events, testing::ElementsAre("role", "append", "commit"));
  EXPECT_EQ(evidence["transitions"]["n2"][1]["ms"], 100.0);
  EXPECT_EQ(evidence["logs"]["n2"], Json::array({"ready", "last words"}));
  EXPECT_EQ(evidence["logs"]["harness"], Json::array({"two nodes"}));
}

TEST_F(EvidenceTest, ViolatedInvariant_HasTheEntriesOfAllNodesBeforeIt) {
  trace("n1", 50, "append", "leader", 1, {{"index", 1}});
  trace("n1", 95, "append", "leader", 1, {{"index", 2}});
  trace("n2", 99, "commit", "follower", 1, {{"index", 2}});
  trace("n2", 120, "commit", "follower", 1, {{"index", 3}});
  outcome_.linearizable.reset();
  outcome_.invariants = {{checker::Verdict::kInvalid, "log-matching", "logs differ"}};
  outcome_.invariants[0].event = checker::TraceEvent{.time = kStart + 100 * kMs};
  const Json evidence = written();
  EXPECT_EQ(evidence["failures"][0]["label"], "log-matching violated by a follower");
  EXPECT_EQ(evidence["failures"][0]["faults"], Json::array({"cut"}));
  ASSERT_EQ(evidence["transitions"]["n1"].size(), 1U);
  EXPECT_EQ(evidence["transitions"]["n1"][0]["index"], 2);
  ASSERT_EQ(evidence["transitions"]["n2"].size(), 1U);
  EXPECT_EQ(evidence["transitions"]["n2"][0]["index"], 2);
}

TEST_F(EvidenceTest, SystemWithoutTraces_HasNoRolesAndTransitions) {
  const Json evidence = written();
  EXPECT_FALSE(evidence.contains("transitions"));
  const Json& read = evidence["explanation"]["operations"][0];
  EXPECT_EQ(read["served-by"], Json({{"node", "n1"}}));
  EXPECT_FALSE(read.contains("newest-leader"));
  EXPECT_EQ(evidence["failures"][0]["label"], "stale read");
}

TEST_F(EvidenceTest, HarnessError_WithoutAnyCheck_HasItsReasonAndLogs) {
  outcome_ = Outcome{};
  outcome_.directory = directory_.path();
  outcome_.fail({CauseKind::kStart, "n1 does not answer"});
  append("nodes/n1/log", "cannot bind\n");
  const Json evidence = written({{"harness-error", "n1 does not answer"}});
  EXPECT_EQ(evidence["verdict"], "harness error");
  EXPECT_EQ(evidence["harness-error"], "n1 does not answer");
  EXPECT_EQ(evidence["failures"], Json::array());
  EXPECT_FALSE(evidence.contains("explanation"));
  EXPECT_EQ(evidence["logs"]["n1"][0], "cannot bind");
}

TEST_F(EvidenceTest, NodeThatEndedByItself_LeavesItsReportAndCoreDump) {
  append("nodes/n2/sanitizer.17", "\n==17==ERROR: AddressSanitizer\n#0 frame\n");
  append("nodes/n2/core.17", "binary");
  append("nodes/n2/unrelated", "x");
  const Json evidence = written();
  EXPECT_EQ(evidence["sanitizer-reports"]["nodes/n2/sanitizer.17"],
            Json::array({"==17==ERROR: AddressSanitizer", "#0 frame"}));
  EXPECT_EQ(evidence["core-dumps"], Json(std::vector<std::string>{"nodes/n2/core.17"}));
}

TEST_F(EvidenceTest, ValidAndVacuousRuns_HaveNone) {
  outcome_.checks = {{.name = "live"}};
  EXPECT_FALSE(needs_evidence(outcome_));
  outcome_.checks.push_back({.name = "coverage", .verdict = checker::Verdict::kVacuous});
  EXPECT_FALSE(needs_evidence(outcome_));
  EXPECT_TRUE(write_evidence(outcome_, Json::object()).ok());
  EXPECT_FALSE(std::filesystem::exists(outcome_.directory / "evidence.json"));
  outcome_.checks.push_back({.name = "live", .verdict = checker::Verdict::kUnknown});
  EXPECT_TRUE(needs_evidence(outcome_));
}

TEST_F(EvidenceTest, HostileContentOfAnySize_StaysValidAndBounded) {
  const std::string huge = hostile(1 << 20);
  outcome_.scenario.nodes = 15;
  outcome_.scenario.name = huge;
  outcome_.scenario.node_arguments.assign(100, hostile(1000));
  outcome_.scenario.nemesis.assign(100, "partition");
  outcome_.scenario.bug = huge;
  outcome_.fail({CauseKind::kHarness, huge});
  for (int i = 0; i < 30; ++i) {
    outcome_.checks.push_back({huge, checker::Verdict::kInvalid, huge, huge});
  }
  for (int i = 0; i < 16; ++i) {
    checker::Violation violation{.anomaly = static_cast<checker::Anomaly>(i),
                                 .key = huge,
                                 .sentence = huge,
                                 .staleness = checker::Staleness{1, 2}};
    for (int j = 0; j < 100; ++j) {
      violation.operations.push_back(operation(j, hostile(5000), huge.substr(0, 5000), j));
      violation.operations.back().process_name = hostile(5000);
      violation.operations.back().process = j % 2 == 0 ? -1 : j;
    }
    outcome_.linearizable->violations.push_back(violation);
  }
  for (int i = 0; i < 200; ++i) {
    outcome_.faults.push_back(fault(hostile(2000), 0ms, 10s));
    outcome_.faults.back().evidence = {{"begin", huge.substr(0, 20000)}};
    outcome_.faults.back().reason = hostile(9999);
    for (nemesis::Node node = 0; node < 15; ++node) outcome_.faults.back().nodes.push_back(node);
  }
  for (int node = 1; node <= 15; ++node) {
    const std::string name = "n" + std::to_string(node);
    for (int i = 0; i < 300; ++i) {
      trace(name.c_str(), i, "role", i % 2 == 0 ? "leader" : "follower",
            static_cast<std::uint64_t>(i), {{"index", 5}, {"to", hostile(200)}, {"vote", "n1"}});
    }
    append("nodes/" + name + "/trace.jsonl", huge + "\n[1]\n{\"event\":\"role\",\"time\":\"x\"}\n");
    append("nodes/" + name + "/log", huge);
    append("nodes/" + name + "/sanitizer.1", huge);
    append("nodes/" + name + "/core." + std::string(150, 'x'), "");
  }
  append("harness.log", huge);
  append("proxy.log", std::string(1 << 20, 'x'));
  const Json evidence = written({{"harness-error", huge},
                                 {"cause", {{"kind", huge}}},
                                 {"reproduce", huge},
                                 {"versions", {{huge, huge}}},
                                 {"host", huge},
                                 {"further-errors", Json::array({huge, huge})},
                                 {"control", huge},
                                 {"counts", Json::array({huge, huge})}});
  EXPECT_GT(bytes_, kEvidenceBytesMax / 2) << "the bounds are used";
  EXPECT_GT(evidence["failures-left-out"].get<int>(), 0);
  EXPECT_GT(evidence["faults-left-out"].get<int>(), 100);
  EXPECT_GT(evidence["explanation"]["operations-left-out"].get<int>(), 10);
  EXPECT_GT(evidence["explanation"]["operations"].size(), 5U);
  EXPECT_GT(evidence["transitions"]["n15-left-out"].get<int>(), 100);
  EXPECT_GT(evidence["transitions"]["n15"].size(), 0U);
  EXPECT_THAT(evidence["reproduce"].text(), EndsWith(" bytes left out)"));
  EXPECT_GT(evidence["logs"].size(), 17U);
}

TEST(BoundedJson, Text_IsCutAfterAWholeCharacter) {
  EXPECT_EQ(bounded_text("short", 64), "short");
  std::string euros;
  for (int i = 0; i < 100; ++i) euros += "€";
  for (std::size_t bytes = 80; bytes < 90; ++bytes) {
    const std::string cut = bounded_text(euros, bytes).text();
    EXPECT_LE(size_in_file(Json(cut)), bytes);
    EXPECT_THAT(cut, AllOf(StartsWith("€"), HasSubstr("€… ("), EndsWith(" bytes left out)")));
  }
  EXPECT_LE(size_in_file(bounded_text(std::string(1000, '\x01'), 100)), 100U);
  EXPECT_LE(size_in_file(bounded_text(std::string(1000, '\x80'), 100)), 100U);
}

TEST(BoundedJson, List_CountsWhatIsMissing) {
  BoundedList few(2, 1000);
  for (int i = 0; i < 5; ++i) few.add(i);
  BoundedList small(100, 40);
  small.add("1234567890");
  small.add("a text that does not fit any more");
  small.add(1);  // would fit, but a list has no gaps
  Json holder = Json::object();
  std::move(few).store(holder, "few");
  std::move(small).store(holder, "small");
  BoundedList(1, 1).store(holder, "none");
  EXPECT_EQ(
      holder.dump(),
      R"({"few":[0,1],"few-left-out":3,"none":[],"small":["1234567890"],"small-left-out":2})");
}

TEST(BoundedJson, Lines_AreTheSameValue) {
  const Json value = {{"a", Json::array({1, {{"b", Json::array({2, 3})}}, Json::array()})},
                      {"c", Json::object()},
                      {"d", nullptr}};
  for (unsigned depth = 0; depth < 6; ++depth) {
    EXPECT_EQ(Json::parse(in_lines(value, depth)), value);
  }
  EXPECT_EQ(in_lines(value, 1),
            "{\n  \"a\": [1,{\"b\":[2,3]},[]],\n  \"c\": {},\n  \"d\": null\n}");
}

}  // namespace
}  // namespace capsize::harness
