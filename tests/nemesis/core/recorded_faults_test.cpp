#include "nemesis/plan/recorded_faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "simulated_run.h"

namespace capsize::nemesis {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

std::string text_of(const SimulatedRun& run) {
  std::string text;
  for (const auto& line : run.lines) text += line.dump() + "\n";
  return text;
}

RecordedFaults recorded(const std::string& text) {
  std::istringstream lines(text);
  auto read = read_recorded_faults(lines, "faults.jsonl");
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  return read ? std::move(read).value() : RecordedFaults{};
}

TEST(RecordedFaults, FaultsOfARun_AreReplayedWithoutTheStrategy) {
  SimulatedRun first(R"([{"faults": [{"kind": "kill", "target": "leader", "hold": "100ms"},
                              {"kind": "cut", "target": "one", "after": "200ms", "hold": "50ms"},
                              {"kind": "pause", "target": "leader", "after": "20ms",
                               "within": "30ms"}]},
                  {"when": "election", "faults": [{"kind": "pause", "target": "n4",
                                                   "hold": "50ms", "until": "leader"}]}])");
  first.advance_to(400ms);
  first.trace({.node = 2, .event = "role", .role = "candidate"});
  first.advance_to(600ms);
  ASSERT_EQ(first.cluster.calls.size(), 6U);

  const RecordedFaults again = recorded(text_of(first));
  EXPECT_EQ(again.faults, 3U) << "skipped faults are left out";
  SimulatedRun second(make_scripts(again));
  second.advance_to(400ms);
  second.trace({.node = 2, .event = "role", .role = "candidate"});
  second.advance_to(600ms);
  EXPECT_EQ(second.cluster.calls, first.cluster.calls);
}

TEST(RecordedFaults, FaultOnTheLeader_HitsTheCurrentLeader) {
  SimulatedRun first(R"([{"faults": [{"kind": "pause", "target": "leader", "hold": "100ms"}]}])");
  first.advance_to(200ms);
  SimulatedRun second(make_scripts(recorded(text_of(first))));
  second.cluster.state.leader = 3;
  second.advance_to(200ms);
  EXPECT_THAT(second.cluster.calls, ElementsAre("pause n4", "resume n4"));
}

TEST(RecordedFaults, TruncatedFile_IsReadUpToTheTruncation) {
  SimulatedRun first(R"([{"faults": [{"kind": "pause", "target": "n2", "hold": "100ms"}]}])");
  first.advance_to(200ms);
  std::string text = text_of(first);
  text.resize(text.size() - 20);  // in the middle of the end line
  SimulatedRun second(make_scripts(recorded(text)));
  second.advance_to(200ms);
  EXPECT_THAT(second.cluster.calls, ElementsAre("pause n2", "resume n2"));
}

TEST(RecordedFaults, LinesOfEarlierReleases_AreAccepted) {
  SimulatedRun first(R"([{"faults": [{"kind": "pause", "target": "n2", "hold": "100ms"}]}])");
  first.advance_to(200ms);
  std::string text;
  for (base::Json line : first.lines) {
    line["phase"] = line["stage"];
    line.erase("stage");
    line["anchor"]["until"] = {{"told", {{"word", "end"}}}};
    text += line.dump() + "\n";
  }
  RecordedFaults read = recorded(text);
  ASSERT_EQ(read.faults, 1U);
  EXPECT_EQ(read.scripts[0][0].faults[0].until,
            (Anchor{.event = "trigger", .params = {{"name", "end"}}}));
}

TEST(RecordedFaults, InvalidLine_IsRefusedWithItsNumber) {
  for (const auto& [text, says] :
       {std::pair{"3\n", "1: expected one JSON object"},
        {"{}\n", "1: found no id"},
        {"{\"capsize-faults\":2}\n", "1: capsize-faults: found 2, expected 1"},
        {"{\"capsize-faults\":1}\n{\"capsize-faults\":1}\n", "2: found no id"},
        {R"({"id":1,"stage":"begin","state":"installed"})", "1: found no anchor"},
        {R"({"id":1,"phase":"begin","state":"installed","anchor":{},"kind":"kil"})",
         "kind: found kil"}}) {
    std::istringstream lines(text);
    const auto read = read_recorded_faults(lines, "f.jsonl");
    ASSERT_FALSE(read) << text;
    EXPECT_THAT(read.error().message, HasSubstr(says));
  }
}

}  // namespace
}  // namespace capsize::nemesis
