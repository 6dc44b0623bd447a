// Signatures: equal for one cause whatever the seed, keys, values and nodes; different for two.
#include "harness/evidence/signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;
using checker::Anomaly;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kStart = 1000 * kMs;  // of the load, by the clock of the traces

checker::OperationView operation(std::int64_t process, const char* function, std::int64_t begin,
                                 std::int64_t end) {
  checker::OperationView view;
  view.process = process;
  view.function = function;
  view.value = "7";
  view.invoke_time = begin * kMs;
  view.complete_time = end * kMs;
  view.index = static_cast<std::uint64_t>(begin);
  view.complete_index = static_cast<std::uint64_t>(end);
  view.outcome = checker::Outcome::kOk;
  view.named = true;
  return view;
}

/// A write that ends at 110 ms, and a read that misses it at 120 ms through the node of `reader`.
checker::Violation late_read(std::int64_t writer, std::int64_t reader,
                             Anomaly anomaly = Anomaly::kStaleRead) {
  return {
      .anomaly = anomaly,
      .key = "r1",
      .sentence = "a sentence",
      .operations = {operation(writer, "write", 100, 110), operation(reader, "read", 120, 121)}};
}

Outcome outcome_with(std::vector<checker::Violation> violations) {
  Outcome outcome;
  outcome.scenario.nodes = 3;
  outcome.scenario.concurrency = 6;  // process p is a client of node p % 3
  outcome.start = base::Instant(base::Duration(kStart));
  outcome.checks = {{.name = "linearizable", .verdict = checker::Verdict::kInvalid}};
  outcome.linearizable = checker::Report{.verdict = checker::Verdict::kInvalid};
  outcome.linearizable->violations = std::move(violations);
  return outcome;
}

class Traces {
 public:
  Traces() : facts_{.roles = {}, .commits = CommitHistory({{0, INT64_MAX}})} {}
  Traces& role(nemesis::Node node, std::int64_t ms, const char* role, std::uint64_t term) {
    facts_.roles.read_line(node, base::Json({{"time", kStart + ms * kMs},
                                             {"node", nemesis::node_name(node)},
                                             {"event", "role"},
                                             {"role", role},
                                             {"term", term}})
                                     .dump());
    return *this;
  }
  Traces& append(nemesis::Node node, std::int64_t ms, std::uint64_t index, std::uint64_t term) {
    return entry(checker::TraceKind::kAppendEntries, node, ms, index, term);
  }
  Traces& commit(nemesis::Node node, std::int64_t ms, std::uint64_t index, std::uint64_t term) {
    return entry(checker::TraceKind::kCommit, node, ms, index, term);
  }
  [[nodiscard]] const TraceFacts& facts() const { return facts_; }

 private:
  Traces& entry(checker::TraceKind kind, nemesis::Node node, std::int64_t ms, std::uint64_t index,
                std::uint64_t term) {
    facts_.commits.add({.time = kStart + ms * kMs,
                        .node = static_cast<checker::NodeNumber>(node),
                        .kind = kind,
                        .role = checker::Role::kLeader,
                        .term = term,
                        .first = index,
                        .index = index,
                        .entry_term = term});
    return *this;
  }
  TraceFacts facts_;
};

/// n1 leads in term 1 and is deposed by n2 in term 2 at 50 ms, which it does not learn. Whatever is
/// written at 100 ms is committed at once.
Traces deposed() {
  Traces traces;
  traces.role(0, 0, "leader", 1).role(1, 0, "follower", 1).role(2, 0, "follower", 1);
  traces.role(1, 50, "leader", 2).role(2, 50, "follower", 2);
  traces.append(1, 105, 9, 2).commit(1, 106, 9, 2);
  return traces;
}

std::string main_label(const Outcome& outcome, const Traces& traces) {
  const auto failures = failures_of(outcome, traces.facts());
  return failures.empty() ? "none" : failures.front().label;
}

TEST(Signature, EqualMeaning_WithOtherKeysValuesNodesAndTimes_IsEqual) {
  auto other = late_read(2, 0, Anomaly::kStaleOrLost);
  other.key = "another";
  other.sentence = "another sentence";
  other.operations.insert(other.operations.begin(), operation(5, "cas", 1, 2));
  other.operations.front().named = false;
  for (auto& one : other.operations) one.value = "99";
  other.operations[1].function = "cas";
  auto first = outcome_with({late_read(1, 0)});
  auto second = outcome_with({other});
  second.scenario.seed = 77;
  second.scenario.name = "another-scenario";
  second.scenario.bug = "another-bug";
  const auto a = failures_of(first, deposed().facts());
  const auto b = failures_of(second, deposed().facts());
  ASSERT_THAT(a, SizeIs(1));
  ASSERT_THAT(b, SizeIs(1));
  EXPECT_EQ(a[0].signature, b[0].signature) << a[0].meaning.dump() << b[0].meaning.dump();
  EXPECT_THAT(a[0].signature, testing::MatchesRegex("[0-9a-f]{16}"));
  EXPECT_EQ(b[0].anomaly, "stale read or lost write") << "the name of this violation remains";
}

TEST(Signature, ServingNode_IsTheDifferenceBetweenStaleReads) {
  EXPECT_EQ(main_label(outcome_with({late_read(1, 0)}), deposed()),
            "stale read, leader of an older term");
  EXPECT_EQ(main_label(outcome_with({late_read(1, 2)}), deposed()),
            "stale read, follower of the newest term");
  EXPECT_EQ(main_label(outcome_with({late_read(1, 1)}), deposed()),
            "stale read, leader of the newest term");
  EXPECT_EQ(main_label(outcome_with({late_read(1, 0)}), Traces()), "stale read");
  auto retries = outcome_with({late_read(1, 0)});
  retries.scenario.retries = 5;  // the client may have asked any node
  EXPECT_EQ(main_label(retries, deposed()), "stale read");
}

TEST(Signature, LeaderThatLearnsOfItsSuccessorDuringTheRead_WasALeaderOfAnOlderTerm) {
  auto traces = deposed();
  traces.role(0, 120, "leader", 1).role(0, 121, "follower", 2);
  EXPECT_EQ(main_label(outcome_with({late_read(1, 0)}), traces),
            "stale read, leader of an older term");
}

TEST(Signature, FollowerOfADeposedLeader_CountsAsThatLeader) {
  Traces traces;
  traces.role(0, 0, "leader", 1).role(2, 0, "follower", 1).role(1, 50, "leader", 2);
  EXPECT_EQ(main_label(outcome_with({late_read(1, 2)}), traces),
            "stale read, leader of an older term");
  traces.role(0, 60, "follower", 2);  // it has stepped down
  EXPECT_EQ(main_label(outcome_with({late_read(1, 2)}), traces),
            "stale read, follower of an older term");
}

TEST(Signature, ObserverThatTheSentenceDoesNotName_IsTheLastObservation) {
  auto list = late_read(1, 0);
  list.operations[0].function = "append";
  list.operations[1].named = false;
  EXPECT_EQ(main_label(outcome_with({list}), deposed()), "stale read, leader of an older term");
  auto transactions = late_read(1, 0);
  for (auto& one : transactions.operations) one.function = "txn";
  transactions.operations[0].value = R"([["r","x",1],["w","y",2]])";
  transactions.operations[1].value = R"([["r","x",1],["r","y",2]])";
  transactions.operations.push_back(operation(1, "txn", 130, 140));
  transactions.operations.back().value = R"([["append","x",1]])";
  transactions.operations.back().outcome = checker::Outcome::kInfo;
  EXPECT_EQ(main_label(outcome_with({transactions}), deposed()),
            "stale read, leader of an older term");
}

TEST(Signature, WriteAcknowledgedBeforeItsCommit_IsTheCauseWhateverFollows) {
  Traces traces;
  traces.role(1, 0, "leader", 2).append(1, 105, 9, 2).commit(1, 130, 9, 2).commit(1, 106, 8, 2);
  EXPECT_EQ(main_label(outcome_with({late_read(1, 1)}), traces),
            "write acknowledged before commit");
  EXPECT_EQ(main_label(outcome_with({late_read(1, 1, Anomaly::kLostWrite)}), traces),
            "write acknowledged before commit");
  const auto failures = failures_of(
      outcome_with({late_read(1, 1), late_read(1, 2, Anomaly::kLostWrite)}), traces.facts());
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_EQ(failures[0].count, 2U);
  EXPECT_FALSE(failures[0].meaning.contains("anomaly"));
}

TEST(Signature, ViolationsBesideAProvenCause_AreItsConsequences) {
  Traces traces;
  traces.role(1, 0, "leader", 2).append(1, 105, 9, 2).commit(1, 130, 9, 2).commit(1, 106, 8, 2);
  traces.append(1, 305, 10, 2).commit(1, 306, 10, 2);
  // The write of this one was committed in time: by itself it would be a stale read.
  checker::Violation other = late_read(1, 1);
  other.operations = {operation(1, "write", 300, 310), operation(1, "read", 320, 321)};
  ASSERT_NE(main_label(outcome_with({other}), traces), "write acknowledged before commit");
  auto outcome = outcome_with({other, late_read(1, 1)});
  outcome.checks.push_back({.name = "crash", .verdict = checker::Verdict::kInvalid});
  outcome.crashes = {{.node = 1, .ending = {.exit_code = 70}}};
  const auto failures = failures_of(outcome, traces.facts());
  ASSERT_THAT(failures, SizeIs(2));
  EXPECT_EQ(failures[0].label, "node ended by itself, exit code 70");
  EXPECT_EQ(failures[1].label, "write acknowledged before commit");
  EXPECT_EQ(failures[1].count, 2U);
}

TEST(Signature, EntryThatItsSuccessorCommits_WasCommitted) {
  Traces traces;
  traces.role(0, 0, "leader", 1).append(0, 101, 9, 1);
  traces.role(1, 103, "leader", 2).commit(1, 109, 10, 2);
  EXPECT_EQ(main_label(outcome_with({late_read(1, 1)}), traces),
            "stale read, leader of the newest term");
}

TEST(Signature, CommitAfterTheAcknowledgement_DoesNotCount) {
  Traces traces;
  traces.append(1, 105, 9, 2).commit(1, 111, 9, 2);
  EXPECT_EQ(main_label(outcome_with({late_read(1, 1)}), traces),
            "write acknowledged before commit");
}

TEST(Signature, WriteWithoutAnyEntry_IsTheCause) {
  Traces traces;
  traces.append(1, 95, 9, 2).commit(1, 105, 9, 2);
  EXPECT_EQ(main_label(outcome_with({late_read(1, 1)}), traces),
            "write acknowledged without an entry in the log");
}

TEST(Signature, LostWrite_ThatWasCommitted_SaysSo) {
  EXPECT_EQ(main_label(outcome_with({late_read(1, 2, Anomaly::kLostWrite)}), deposed()),
            "lost write, acknowledged after commit");
  EXPECT_EQ(main_label(outcome_with({late_read(1, 2, Anomaly::kLostWrite)}), Traces()),
            "lost write");
}

TEST(Signature, OtherAnomalyOutcomeOrFunction_IsAnotherSignature) {
  const auto signature = [](const checker::Violation& violation) {
    return failures_of(outcome_with({violation}), Traces().facts()).front().signature;
  };
  auto aborted = late_read(1, 2, Anomaly::kAbortedRead);
  aborted.operations[0].outcome = checker::Outcome::kFail;
  auto indeterminate = aborted;
  indeterminate.operations[0].outcome = checker::Outcome::kInfo;
  auto dequeue = aborted;
  dequeue.operations[1].function = "dequeue";
  std::set<std::string> all = {signature(late_read(1, 2)),
                               signature(late_read(1, 2, Anomaly::kLostWrite)),
                               signature(late_read(1, 2, Anomaly::kStaleOrLost)),
                               signature(aborted),
                               signature(indeterminate),
                               signature(dequeue)};
  EXPECT_THAT(all, SizeIs(6));
}

TEST(Signature, MainFailure_IsTheOneClosestToTheCause) {
  auto outcome = outcome_with({late_read(1, 0, Anomaly::kStaleOrLost), late_read(1, 0),
                               late_read(1, 2), late_read(1, 2, Anomaly::kDuplicateAppend)});
  outcome.checks.push_back({.name = "live", .verdict = checker::Verdict::kInvalid});
  outcome.recoveries = {{.first_write = 1ms, .final_reads_done = true}, {}, {}};
  outcome.checks.push_back({.name = "crash", .verdict = checker::Verdict::kInvalid});
  outcome.crashes = {{.node = 1, .ending = {.exit_code = 70}},
                     {.node = 2, .ending = {.exit_code = 70}}};
  outcome.invariants = {{checker::Verdict::kInvalid, "log-matching", "differs"},
                        {checker::Verdict::kInvalid, "election-safety", "two leaders"},
                        {checker::Verdict::kValid, "state-machine-safety", ""}};
  outcome.invariants[1].event = checker::TraceEvent{.role = checker::Role::kLeader};
  std::vector<std::string> labels;
  for (const auto& failure : failures_of(outcome, deposed().facts()))
    labels.push_back(failure.label);
  EXPECT_THAT(labels, ElementsAre("election-safety violated by a leader", "log-matching violated",
                                  "node ended by itself, exit code 70", "duplicate append",
                                  "stale read, follower of the newest term",
                                  "stale read, leader of an older term",
                                  "no writes after healing, leader elected"));
}

TEST(Signature, Crash_CountsEndingsOfTheNodeOnly) {
  Outcome outcome;
  outcome.checks = {{.name = "crash", .verdict = checker::Verdict::kInvalid}};
  outcome.crashes = {{.node = 0, .ending = {.signal = SIGKILL}},
                     {.node = 1, .ending = {.signal = SIGSEGV}},
                     {.node = 2, .ending = {.signal = SIGKILL}, .out_of_memory_kills = 1}};
  std::vector<std::string> labels;
  for (const auto& failure : failures_of(outcome, {})) labels.push_back(failure.label);
  EXPECT_THAT(labels, ElementsAre("node ended by itself, signal 11",
                                  "node ended by itself, out of memory"));
}

TEST(Signature, Live_SaysWhatIsMissing) {
  Outcome outcome;
  outcome.checks = {{.name = "live", .verdict = checker::Verdict::kInvalid, .explanation = "late"}};
  outcome.recoveries = {{.first_write = 1ms, .final_reads_done = false}};
  EXPECT_EQ(main_label(outcome, Traces()), "no reads after healing");
  outcome.recoveries = {{.first_write = 1ms, .final_reads_done = true}};
  EXPECT_EQ(main_label(outcome, deposed()), "no recovery in time after healing");
  outcome.scenario.outage_bound = 2s;
  outcome.longest_outage = {1s, 4s};
  EXPECT_EQ(main_label(outcome, deposed()), "outage during faults");
  outcome.recoveries = {{}};
  EXPECT_EQ(main_label(outcome, Traces().role(0, 1, "leader", 1).role(0, 2, "follower", 1)),
            "no writes after healing, no leader");
  EXPECT_EQ(failures_of(outcome, {}).front().sentence, "late");
}

TEST(Signature, ValidRun_HasNoFailures) {
  Outcome outcome;
  outcome.checks = {{.name = "live"}, {.name = "coverage", .verdict = checker::Verdict::kVacuous}};
  EXPECT_THAT(failures_of(outcome, {}), IsEmpty());
}

TEST(Signature, ActiveFaults_AreAnAttributeAndNotHashed) {
  const auto fault = [](const char* kind, nemesis::FaultState state, base::Duration begin,
                        base::Duration end) {
    auto planned = std::make_shared<nemesis::PlannedFault>();
    planned->spec.kind = kind;
    return nemesis::FaultRecord{.fault = planned, .state = state, .begin = begin, .end = end};
  };
  using State = nemesis::FaultState;
  auto outcome = outcome_with({late_read(1, 0), late_read(1, 0)});
  outcome.linearizable->violations[1].operations[1] = operation(0, "read", 200, 201);
  const auto without = failures_of(outcome, deposed().facts());
  outcome.faults = {fault("pause", State::kInstalled, 0ms, 99ms),
                    fault("kill", State::kSkipped, 115ms, 115ms),
                    fault("drop", State::kIndeterminate, 199ms, 300ms),
                    fault("cut", State::kInstalled, 90ms, 130ms)};
  const auto with = failures_of(outcome, deposed().facts());
  ASSERT_THAT(with, SizeIs(1));
  EXPECT_THAT(with[0].faults, ElementsAre("cut", "drop")) << "of both violations";
  EXPECT_EQ(with[0].signature, without[0].signature);
}

TEST(CommitHistory, Lines_OutsideOfTheWindowsAreNotWanted) {
  const CommitHistory commits({{100, 200}, {150, 300}, {900, 901}});
  const auto line = [](std::int64_t time, const char* event) {
    return base::Json({{"time", time}, {"event", event}}).dump();
  };
  for (const std::int64_t inside : {100, 250, 300, 900}) {
    EXPECT_TRUE(commits.wants(line(inside, "append"))) << inside;
  }
  for (const std::int64_t outside : {99, 301, 902}) {
    EXPECT_FALSE(commits.wants(line(outside, "commit"))) << outside;
  }
  EXPECT_FALSE(commits.wants(line(150, "vote")));
  EXPECT_FALSE(commits.wants("\"event\":\"append\""));
  EXPECT_EQ(commits.acknowledged({100, 200}), CommitHistory::Acknowledged::kUnknown);
}

}  // namespace
}  // namespace capsize::harness
