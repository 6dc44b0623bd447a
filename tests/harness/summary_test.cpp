// The summary, the progress line and the terminal that shows them.
#include "harness/report/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "harness/report/circumstances.h"
#include "harness/report/terminal.h"
#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

nemesis::FaultRecord fault(const char* kind, std::vector<nemesis::Node> nodes,
                           nemesis::FaultState state, base::Duration begin, base::Duration end) {
  auto planned = std::make_shared<nemesis::PlannedFault>();
  planned->spec.kind = kind;
  return {.fault = std::move(planned),
          .nodes = std::move(nodes),
          .state = state,
          .begin = begin,
          .end = end};
}

void add(Outcome& outcome, nemesis::FaultRecord record) {
  outcome.faults.push_back(std::move(record));
  outcome.service.emplace_back();
}

TEST(Summary, SkippedFaults_HaveOneLineForEachReason) {
  Outcome outcome;
  for (int i = 0; i < 400; ++i) {
    auto record = fault(i % 2 == 0 ? "kill" : "pause", {}, nemesis::FaultState::kSkipped, 1s, 1s);
    record.reason = i < 390 ? "interrupted" : "no candidate";
    add(outcome, std::move(record));
  }
  const auto text = summary(outcome);
  EXPECT_THAT(text, HasSubstr("390 skipped: interrupted (195 kill, 195 pause)\n"));
  EXPECT_THAT(text, HasSubstr("10 skipped: no candidate (5 kill, 5 pause)\n"));
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 20);
}

TEST(Summary, FunctionThatNeverSucceeds_IsShownWithItsError) {
  Outcome outcome;
  const auto finish = [&](const char* function, EventType type, const char* error) {
    Finished finished{.operation = {.f = function}, .type = type, .error = error};
    outcome.statistics.add(finished, 1ms);
  };
  for (int i = 0; i < 3; ++i) finish("cas", EventType::kFail, "wrong-type");
  finish("read", EventType::kOk, "");
  finish("read", EventType::kFail, "not-leader");
  finish("write", EventType::kInfo, "timeout");
  finish("write", EventType::kFail, "not-leader");
  finish("write", EventType::kFail, "not-leader\033[2J");
  finish("write", EventType::kFail, "not-leader\033[2J");
  const auto text = summary(outcome);
  EXPECT_THAT(text, HasSubstr("0 ok, 3 fail, 0 info; each with: wrong-type\n"));
  EXPECT_THAT(text, HasSubstr("1 ok, 1 fail, 0 info\n"));
  EXPECT_THAT(text, HasSubstr("0 ok, 3 fail, 1 info; 2 with: not-leader\\x1b[2J\n"));
}

TEST(Statistics, ErrorsOfAFunction_AreBounded) {
  Statistics statistics;
  for (int i = 0; i < 1000; ++i) {
    statistics.add({.operation = {.f = "read"},
                    .type = EventType::kFail,
                    .error = "error " + std::to_string(i)},
                   1ms);
  }
  EXPECT_EQ(statistics.errors.at("read").size(), Statistics::kErrorsMax);
}

TEST(Summary, Colours_MarkFailingChecksAndTheVerdict) {
  Outcome outcome;
  outcome.checks = {{.name = "live", .verdict = checker::Verdict::kValid},
                    {.name = "crash", .verdict = checker::Verdict::kInvalid}};
  EXPECT_THAT(summary(outcome), Not(HasSubstr("\033")));
  const auto text = summary(outcome, true);
  EXPECT_THAT(text, HasSubstr("default: \033[1;31minvalid\033[0m\n"));
  EXPECT_THAT(text, HasSubstr("crash         \033[1;31minvalid  \033[0m"));
  EXPECT_THAT(text, HasSubstr("live          valid    "));
}

TEST(Terminal, Width_WithoutATerminal_IsColumnsOr80) {
  ::setenv("COLUMNS", "33", 1);
  EXPECT_EQ(terminal_width(-1), 33U);
  for (const char* nonsense : {"", "0", "-5", "many", "12x"}) {
    ::setenv("COLUMNS", nonsense, 1);
    EXPECT_EQ(terminal_width(-1), 80U) << nonsense;
  }
  ::unsetenv("COLUMNS");
  EXPECT_EQ(terminal_width(-1), 80U);
  EXPECT_FALSE(wants_colours(-1));
}

TEST(Terminal, Fitted_TruncatesAndReplacesControlCharacters) {
  EXPECT_EQ(fitted("abcdef", 6), "abcdef");
  EXPECT_EQ(fitted("abcdefg", 6), "abc...");
  EXPECT_EQ(fitted("abcdef", 2), "ab");
  EXPECT_EQ(fitted("abcdef", 0), "");
  EXPECT_EQ(fitted("a\n\033b\xff", 9), "a??b?");
}

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(RoleHistory, RoleAndLeader_AreThoseAtTheGivenTime) {
  RoleHistory roles;
  const auto line = [&](nemesis::Node node, std::int64_t time, const char* event, const char* role,
                        int term) {
    roles.read_line(node, base::Json({{"time", time * kSecond},
                                      {"node", nemesis::node_name(node)},
                                      {"event", event},
                                      {"role", role},
                                      {"term", static_cast<std::uint64_t>(term)}})
                              .dump());
  };
  line(0, 10, "start", "follower", 0);
  line(0, 11, "role", "leader", 2);
  line(1, 10, "start", "follower", 0);
  line(1, 20, "role", "leader", 3);
  line(0, 30, "term", "follower", 3);
  roles.read_line(0, "{\"time\":31");
  EXPECT_FALSE(roles.role_at(0, 9 * kSecond));
  EXPECT_FALSE(roles.role_at(2, 12 * kSecond));
  EXPECT_EQ(roles.role_at(0, 25 * kSecond)->name, "leader") << "it does not know yet";
  EXPECT_EQ(roles.role_at(0, 30 * kSecond)->term, 3U);
  EXPECT_FALSE(roles.leader_at(10 * kSecond));
  EXPECT_EQ(roles.leader_at(12 * kSecond)->node, 0U);
  EXPECT_EQ(roles.leader_at(25 * kSecond)->node, 1U);
  EXPECT_EQ(roles.leader_at(25 * kSecond)->term, 3U);
}

TEST(ServerOf, ProcessNumbers_MapToNodesAsTheLoadGeneratorAssignsThem) {
  Scenario scenario{.nodes = 3, .concurrency = 10};
  EXPECT_EQ(server_of(scenario, 0), 0U);
  EXPECT_EQ(server_of(scenario, 4), 1U);
  EXPECT_EQ(server_of(scenario, 10), 0U) << "the final phase's";
  EXPECT_EQ(server_of(scenario, 12), 2U);
  EXPECT_EQ(server_of(scenario, 13 + 4), 1U) << "after an indeterminate operation";
  EXPECT_EQ(server_of(scenario, -1), std::nullopt);
  scenario.retries = 1;
  EXPECT_EQ(server_of(scenario, 0), std::nullopt);
}

TEST(ActiveFaults, AreThoseThatOverlapTheInterval) {
  using State = nemesis::FaultState;
  const std::vector<nemesis::FaultRecord> faults = {fault("kill", {0}, State::kInstalled, 1s, 2s),
                                                    fault("cut", {1, 2}, State::kInstalled, 2s, 9s),
                                                    fault("pause", {3}, State::kSkipped, 2s, 9s),
                                                    fault("drop", {}, State::kInstalled, 8s, 9s)};
  EXPECT_EQ(active_faults(faults, 2500ms, 3s), "cut n2 n3");
  EXPECT_EQ(active_faults(faults, 1500ms, 8s), "kill n1, cut n2 n3, drop");
  EXPECT_THAT(active_faults(faults, 10s, 11s), IsEmpty());
}

TEST(Circumstances, Violation_ShowsThem) {
  const TemporaryDirectory temporary;
  const std::filesystem::path directory = temporary.path();
  std::filesystem::create_directories(directory / "nodes" / "n2");
  std::ofstream(directory / "nodes" / "n2" / "trace.jsonl")
      << R"({"time":100000000000,"node":"n2","event":"start","term":0,"role":"follower"})"
      << "\n"
      << R"({"time":101000000000,"node":"n2","event":"append","term":7,"role":"leader"})"
      << "\n"
      << R"({"time":102000000000,"node":"n2","event":"role","term":2,"role":"leader"})"
      << "\n";
  Outcome outcome;
  outcome.directory = directory;
  outcome.start = base::Instant(100s);
  add(outcome, fault("cut", {1}, nemesis::FaultState::kInstalled, 2s, 4s));
  checker::Violation violation;
  violation.operations = {{.process = 1,
                           .function = "read",
                           .value = "1",
                           .invoke_time = 3 * kSecond,
                           .complete_time = 3 * kSecond + 1}};
  const auto text = circumstances(outcome, roles_of(outcome), violation);
  EXPECT_THAT(
      text, AllOf(HasSubstr("n2 leader, term 2"), HasSubstr("cut n2"), HasSubstr("newest leader")));
  violation.repeated = true;
  EXPECT_THAT(circumstances(outcome, roles_of(outcome), violation), IsEmpty());
}

}  // namespace
}  // namespace capsize::harness
