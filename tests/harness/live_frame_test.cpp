// The picture of a run in progress, from snapshots that the tests make.
#include "harness/live/live_frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

RunSnapshot snapshot() {
  RunSnapshot run;
  run.stage = RunStage::kLoad;
  run.scenario = "default";
  run.seed = 7;
  run.time = 3250ms;
  run.time_limit = 20s;
  run.nodes = {{.name = "n1", .role = "leader", .term = 4, .commit = 1200, .incarnation = 1},
               {.name = "n2",
                .role = "follower",
                .term = 4,
                .commit = 1199,
                .incarnation = 2,
                .state = NodeState::kPaused},
               {.name = "n3", .incarnation = 0, .state = NodeState::kDead}};
  run.faults = {{.id = 3, .kind = "pause", .nodes = {"n2"}, .peers = {}, .planned_by = "pause"},
                {.id = 4, .kind = "kill", .nodes = {"n3"}, .peers = {}, .planned_by = "kill"}};
  run.faults_planned = 10;
  run.faults_begun = 4;
  run.faults_skipped = 1;
  run.open = 9;
  run.total = {.ok = 5000, .fail = 40, .info = 3};
  run.last_second = {.ok = 1700, .fail = 20, .info = 1};
  run.checker.operations = 5043;
  return run;
}

TEST(LiveFrame, ShowsStageRatesFaultsNodesAndChecker) {
  EXPECT_THAT(
      live_frame(snapshot(), 1500us),
      ElementsAre("default  seed 7  load  3.2/20 s",
                  "a second: 1700 ok  20 fail  1 info  1.50 ms each ok   in all: 5000 ok  40 fail  "
                  "3 info  9 open",
                  "faults: pause n2, kill n3   (4 begun, 10 planned, 1 skipped)",
                  "node        role           term    commit starts",
                  "n1   up     leader            4      1200      1",
                  "n2   paused -                 4      1199      2",
                  "n3   dead   -                 0         0      0",
                  "streaming check: following, 5043 operations"));
}

TEST(LiveFrame, HasAsManyLinesWhateverHappens) {
  RunSnapshot empty;
  empty.nodes.resize(3);
  EXPECT_EQ(live_frame(empty, {}).size(), live_frame(snapshot(), 1ms).size());
}

TEST(LiveFrame, HostileTexts_StayOneLineEach) {
  const std::string evil = "\033[2J\r\n\a" + std::string(100'000, 'A');
  RunSnapshot run = snapshot();
  run.scenario = run.bug = run.checker.sentence = run.nodes[0].name = run.nodes[0].role = evil;
  for (int i = 0; i < 1000; ++i) run.faults.push_back({.kind = evil, .nodes = {evil}, .peers = {}});
  for (const std::string& line : live_frame(run, {})) {
    EXPECT_LT(line.size(), 2000U);
    for (const char* control : {"\033", "\r", "\n", "\a"}) {
      EXPECT_THAT(line, Not(HasSubstr(control)));
    }
  }
}

}  // namespace
}  // namespace capsize::harness
