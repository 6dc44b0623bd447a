// The five properties of the Raft paper's figure 3, on traces that hold them and on one bad trace
// each.
#include "checker/properties/property.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace capsize::checker {
namespace {

using ::testing::HasSubstr;

// Traces of a small cluster in the making; the time advances with every line.
class Traces {
 public:
  Traces& line(const std::string& node, const std::string& fields) {
    texts_[node] += fmt::format(R"({{"time":{},"node":"{}","incarnation":1,{}}})",
                                ++time_ * 1000000, node, fields) +
                    "\n";
    return *this;
  }
  Traces& start(const std::string& node, int index = 0, int term = 0, int hash = 0) {
    return line(node, log("start", term, "follower", index, index, term, hash));
  }
  Traces& leader(const std::string& node, int term, int index, int entry_term, int hash) {
    return line(node, log("role", term, "leader", index, index, entry_term, hash));
  }
  Traces& append(const std::string& node, int term, const std::string& role, int first, int index,
                 int entry_term, int hash) {
    return line(node, log("append", term, role, first, index, entry_term, hash));
  }
  Traces& truncate(const std::string& node, int term, const std::string& role, int last_kept) {
    return line(node, fmt::format(R"("event":"truncate","term":{},"role":"{}","index":{})", term,
                                  role, last_kept));
  }
  Traces& commit(const std::string& node, int term, int index, int entry_term, int hash) {
    return line(node, log("commit", term, "follower", index, index, entry_term, hash));
  }
  Traces& apply(const std::string& node, int term, int first, int index, int hash) {
    return line(node, log("apply", term, "follower", first, index, term, hash));
  }
  Traces& raw(const std::string& node, const std::string& text) {
    texts_[node] += text;
    return *this;
  }

  std::map<std::string, PropertyReport> check(const TraceLimits& limits = {}) const {
    std::vector<std::pair<std::string, std::string_view>> views;
    for (const auto& [node, text] : texts_) views.emplace_back(node + "/trace.jsonl", text);
    std::map<std::string, PropertyReport> reports;
    for (PropertyReport& report : check_trace_texts(views, limits)) {
      const std::string its_name = report.name;
      reports[its_name] = std::move(report);
    }
    return reports;
  }

 private:
  static std::string log(const std::string& event, int term, const std::string& role, int first,
                         int index, int entry_term, int hash) {
    return fmt::format(
        R"("event":"{}","term":{},"role":"{}","first":{},"index":{},"entry-term":{},)"
        R"("hash":"{:016x}")",
        event, term, role, first, index, entry_term, hash);
  }

  std::map<std::string, std::string> texts_;
  std::int64_t time_ = 0;
};

// Every property but `broken` holds; that one is broken with a sentence that says `what`.
void expect_only(const Traces& traces, const std::string& broken, const std::string& what) {
  for (const auto& [its_name, report] : traces.check()) {
    if (its_name == broken) {
      EXPECT_EQ(name(report.verdict), "invalid") << its_name;
      EXPECT_THAT(report.sentence, HasSubstr(what));
    } else {
      EXPECT_EQ(name(report.verdict), "valid") << its_name << ": " << report.sentence;
    }
  }
}

// n1 leads term 1, replicates two entries; n2 takes over in term 2, overwrites what n1 alone had.
Traces good() {
  Traces traces;
  traces.start("n1").start("n2").start("n3");
  traces.leader("n1", 1, 0, 0, 0);
  traces.append("n1", 1, "leader", 1, 1, 1, 0x11).append("n1", 1, "leader", 2, 2, 1, 0x12);
  traces.append("n2", 1, "follower", 1, 2, 1, 0x12);
  traces.commit("n1", 1, 2, 1, 0x12).apply("n1", 1, 1, 2, 0x12);
  traces.append("n1", 1, "leader", 3, 3, 1, 0x13);
  traces.leader("n2", 2, 2, 1, 0x12).append("n2", 2, "leader", 3, 3, 2, 0x23);
  traces.truncate("n1", 2, "follower", 2).append("n1", 2, "follower", 3, 3, 2, 0x23);
  traces.commit("n2", 2, 3, 2, 0x23).apply("n2", 2, 1, 3, 0x23);
  traces.append("n3", 2, "follower", 1, 2, 1, 0x12).append("n3", 2, "follower", 3, 3, 2, 0x23);
  traces.apply("n3", 2, 1, 3, 0x23);
  traces.apply("n1", 2, 3, 3, 0x23);
  traces.line("n3", R"("event":"transfer","term":2,"to":"n1","whatever":[1])");
  return traces;
}

TEST(Properties, GoodTrace_HoldsAllFive) {
  const auto reports = good().check();
  EXPECT_EQ(reports.size(), 5u);
  for (const auto& [its_name, report] : reports) {
    EXPECT_EQ(report.verdict, Verdict::kValid) << its_name << ": " << report.sentence;
  }
}

TEST(Properties, TwoLeadersInOneTerm_BreakElectionSafety) {
  expect_only(
      good().leader("n3", 2, 3, 2, 0x23), "election-safety",
      "n3 became leader of term 2 at 0.022 s, though n2 had become leader of the same term");
}

TEST(Properties, SameLeaderTwice_IsNoViolation) {
  EXPECT_EQ(good().leader("n2", 2, 3, 2, 0x23).check().at("election-safety").verdict,
            Verdict::kValid);
}

TEST(Properties, LeaderThatTruncates_BreaksLeaderAppendOnly) {
  expect_only(good().truncate("n2", 2, "leader", 2), "leader-append-only",
              "n2, leader of term 2, cut its own log back from index 3 to 2");
}

TEST(Properties, LeaderThatOverwrites_BreaksLeaderAppendOnly) {
  expect_only(good().append("n2", 2, "leader", 3, 3, 2, 0x23), "leader-append-only",
              "overwrote its own log from index 3 on");
}

TEST(Properties, SameIndexAndTermWithAnotherHash_BreaksLogMatching) {
  expect_only(
      good().append("n3", 2, "follower", 4, 4, 2, 0x24).append("n1", 2, "follower", 4, 4, 2, 0x99),
      "log-matching", "n3 and n1 both hold an entry of term 2 at index 4");
}

TEST(Properties, LeaderWithoutACommittedEntry_BreaksLeaderCompleteness) {
  Traces traces;
  traces.start("n1").start("n2");
  traces.leader("n1", 1, 0, 0, 0).append("n1", 1, "leader", 1, 2, 1, 0x12);
  traces.commit("n1", 1, 2, 1, 0x12);
  traces.append("n2", 1, "follower", 1, 1, 1, 0x11).leader("n2", 2, 1, 1, 0x11);
  expect_only(traces, "leader-completeness",
              "n2 became leader of term 2 at 0.007 s without the entry at index 2 (entry term 1) "
              "that n1 reported committed in term 1 at 0.005 s: its log ended at index 1");
}

TEST(Properties, LeaderWithAnotherEntry_BreaksLeaderCompleteness) {
  Traces traces;
  traces.start("n1").start("n2");
  traces.leader("n1", 1, 0, 0, 0).append("n1", 1, "leader", 1, 1, 1, 0x11);
  traces.commit("n1", 1, 1, 1, 0x11);
  traces.append("n2", 2, "follower", 1, 3, 2, 0x23).leader("n2", 3, 3, 2, 0x23);
  expect_only(traces, "leader-completeness", "it had another one of term 2 there");
}

TEST(Properties, CommitTracedAfterTheElection_IsStillHeldAgainstTheLeader) {
  Traces traces;
  traces.start("n1").start("n2");
  traces.leader("n1", 1, 0, 0, 0).append("n1", 1, "leader", 1, 1, 1, 0x11);
  traces.leader("n2", 2, 0, 0, 0);
  traces.commit("n1", 1, 1, 1, 0x11);
  expect_only(traces, "leader-completeness", "its log ended at index 0");
}

TEST(Properties, CommitInAHigherTerm_IsNotHeldAgainstALowerLeader) {
  Traces traces;
  traces.start("n1").start("n2");
  traces.leader("n1", 1, 0, 0, 0);
  traces.append("n2", 2, "follower", 1, 1, 2, 0x21).commit("n2", 2, 1, 2, 0x21);
  EXPECT_EQ(traces.check().at("leader-completeness").verdict, Verdict::kValid);
}

TEST(Properties, DifferentEntriesApplied_BreakStateMachineSafety) {
  Traces traces;
  traces.start("n1").start("n2");
  traces.append("n1", 1, "follower", 1, 1, 1, 0x11).apply("n1", 1, 1, 1, 0x11);
  traces.append("n2", 2, "follower", 1, 1, 2, 0x21).apply("n2", 2, 1, 1, 0x21);
  expect_only(traces, "state-machine-safety",
              "n2 applied another entry at index 1 (term 2, 0.006 s) than n1 had applied there");
}

TEST(Properties, DifferenceInsideABatch_IsFoundThroughTheLog) {
  Traces traces;
  traces.start("n1").start("n2");
  traces.append("n1", 1, "follower", 1, 1, 1, 0x11).append("n1", 1, "follower", 2, 2, 1, 0x12);
  traces.apply("n1", 1, 1, 2, 0x12);
  traces.append("n2", 2, "follower", 1, 1, 2, 0x21).apply("n2", 2, 1, 1, 0x21);
  EXPECT_EQ(traces.check().at("state-machine-safety").verdict, Verdict::kInvalid);
}

TEST(Properties, RestartThatLostItsTail_MayAppendAgain) {
  Traces traces;
  traces.start("n1").append("n1", 1, "follower", 1, 2, 1, 0x12).start("n1", 1, 1, 0x11);
  traces.leader("n1", 2, 1, 1, 0x11).append("n1", 2, "leader", 2, 2, 2, 0x22);
  EXPECT_EQ(traces.check().at("leader-append-only").verdict, Verdict::kValid);
}

TEST(Traces, TornLastLine_IsTolerated) {
  EXPECT_EQ(good().raw("n2", "{\"time\":99,\"no").check().at("log-matching").verdict,
            Verdict::kValid);
}

TEST(Traces, TornLineBeforeAStart_IsTolerated) {
  EXPECT_EQ(good().raw("n2", "{\"time\":99,\"no\n").start("n2", 3, 2, 0x23).check().size(), 5u);
  // The killed process wrote no line feed, so the next incarnation continues in the same line.
  EXPECT_EQ(good().raw("n2", "{\"time\":99,\"no").start("n2", 3, 2, 0x23).check().size(), 5u);
}

TEST(Traces, StartBehindATornLine_IsSeen) {
  Traces traces;
  traces.start("n1").append("n1", 1, "follower", 1, 2, 1, 0x12).raw("n1", "{\"time\":99,\"no");
  traces.start("n1", 1, 1, 0x11)
      .leader("n1", 2, 1, 1, 0x11)
      .append("n1", 2, "leader", 2, 2, 2, 0x22);
  EXPECT_EQ(traces.check().at("leader-append-only").verdict, Verdict::kValid);
}

TEST(Traces, GarbageElsewhere_IsMalformedAndNamesThePlace) {
  const auto reports = good().raw("n2", "{\"time\":99,\"no\n").commit("n2", 2, 3, 2, 0x23).check();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports.at("trace").verdict, Verdict::kUsageError);
  EXPECT_THAT(reports.at("trace").sentence, HasSubstr("n2/trace.jsonl:7:"));
}

TEST(Traces, WrongField_IsMalformed) {
  const auto reports = good().line("n1", R"("event":"role","role":"king")").start("n2").check();
  EXPECT_THAT(reports.at("trace").sentence, HasSubstr("expected follower, precandidate"));
}

TEST(Traces, NoEvents_AreVacuous) {
  for (const auto& [its_name, report] : Traces().check()) {
    EXPECT_EQ(report.verdict, Verdict::kVacuous) << its_name;
  }
}

TEST(Traces, BoundOnEvents_GivesUnknownUnlessBrokenAlready) {
  const auto reports = good()
                           .leader("n3", 2, 3, 2, 0x23)
                           .commit("n3", 2, 3, 2, 0x23)
                           .check({.time_limit = std::chrono::seconds(60), .events_max = 23});
  EXPECT_EQ(reports.at("election-safety").verdict, Verdict::kInvalid);
  EXPECT_EQ(reports.at("log-matching").verdict, Verdict::kUnknown);
}

TEST(Traces, FileThatDoesNotExist_IsAUsageError) {
  const auto reports = check_traces({"/nonexistent/trace.jsonl"});
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].verdict, Verdict::kUsageError);
}

}  // namespace
}  // namespace capsize::checker
