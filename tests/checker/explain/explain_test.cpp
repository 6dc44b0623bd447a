// Explanations: the names and the sentences (that what is shown really shows it:
// explain_random_test.cpp).
#include "checker/explain/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/checker/explain/script.h"

namespace capsize::checker {
namespace {

using ::testing::HasSubstr;
using testing::Script;

TEST(Explain, StaleRead_NamesBothClientsAndTheTimeBetween) {
  const Violation violation =
      Script().call(1, "write", "7").call(2, "write", "9").read(4, "7").read(5, "9").violation();
  EXPECT_EQ(name(violation.anomaly), "stale read");
  EXPECT_EQ(violation.sentence,
            "read of x by process 4 returned 7, 1 ms after write 9 to x had been acknowledged to "
            "process 2: a stale read");
  ASSERT_EQ(violation.operations.size(), 3u);
  EXPECT_EQ(violation.operations[0].value, "7");
  EXPECT_EQ(violation.operations[2].process, 4);
  EXPECT_EQ(violation.operations[2].index, 4u);
}

TEST(Explain, StaleReadAgainstAnotherRead_SaysSo) {
  // 9 was not acknowledged, but a read returned it.
  const Violation violation = Script()
                                  .call(1, "write", "7")
                                  .invoke(2, "write", "9")
                                  .read(3, "9")
                                  .read(4, "7")
                                  .read(5, "9")
                                  .violation();
  EXPECT_EQ(violation.anomaly, Anomaly::kStaleRead);
  EXPECT_THAT(violation.sentence, HasSubstr("1 ms after read of x by process 3 returned 9"));
}

TEST(Explain, WriteThatTwoProcessesLookForInVain_IsLost) {
  const Violation violation =
      Script().call(1, "write", "7").call(2, "write", "9").read(4, "7").read(5, "7").violation();
  EXPECT_EQ(name(violation.anomaly), "lost write");
  EXPECT_EQ(violation.sentence,
            "write 9 to x was acknowledged to process 2, but no operation ever sees it: 1 ms after "
            "that, read of x by process 4 returned 7, and read of x by process 5 returned 7, too: "
            "a lost write");
}

// Why a lost write asks for so much: each of these may be a stale read as well.
TEST(Explain, WriteThatMayBeOverwrittenOrSeenOrWasNotLookedFor_IsNotCalledLost) {
  const auto named = [](const Script& script) {
    return std::string(name(script.violation().anomaly));
  };
  const auto both = [] { return Script().call(1, "write", "7").call(2, "write", "9"); };
  // Overwritten before any read.
  EXPECT_EQ(named(both().read(4, "7").read(5, "7").call(1, "write", "10").read(5, "10")),
            "stale read or lost write");
  // Seen, before the older value came back.
  EXPECT_EQ(named(both().read(3, "9").read(4, "7").read(5, "7")), "stale read or lost write");
  // One look, and two by the same process.
  EXPECT_EQ(named(both().read(4, "7")), "stale read or lost write");
  EXPECT_EQ(named(both().read(4, "7").read(4, "7")), "stale read or lost write");
  // Two looks at the same time.
  EXPECT_EQ(named(both().invoke(4, "read").invoke(5, "read").ok(5, "read", "7").ok(4, "read", "7")),
            "stale read or lost write");
  EXPECT_EQ(named(Script().call(2, "write", "9").read(4, "null")), "stale read or lost write");
  // Seen after it.
  EXPECT_EQ(named(both().read(4, "7").read(5, "7").read(5, "9")), "stale read");
  // Not itself, but what replaced it in time.
  EXPECT_EQ(named(both().call(1, "write", "10").read(4, "7").read(5, "10")), "stale read");
}

TEST(Explain, CasOnWhatWasReplaced_LooksToo) {
  const Violation violation = Script()
                                  .call(1, "write", "7")
                                  .call(2, "write", "9")
                                  .call(3, "cas", "[7,8]")
                                  .read(4, "8")
                                  .violation();
  EXPECT_EQ(name(violation.anomaly), "lost write");
}

TEST(Explain, UnwrittenValue_IsCalledThat) {
  const Violation violation = Script().call(1, "write", "7").read(2, "8").violation();
  EXPECT_EQ(name(violation.anomaly), "garbage read");
  EXPECT_EQ(violation.operations.size(), 1u);
  EXPECT_EQ(
      violation.sentence,
      "read of x by process 2 returned 8, which no operation ever wrote to x: a garbage read");
}

TEST(Explain, ValueThatIsSeenBeforeAnyWriteIsAcknowledged_MayBeTheInitialOne) {
  const auto sentence = [](const Script& script) { return script.violation().sentence; };
  EXPECT_EQ(sentence(Script().read(1, "0").call(1, "write", "7")),
            "read of x by process 1 returned 0, which no operation ever wrote to x: a garbage "
            "read; if x holds 0 at first, check with --initial 0");
  EXPECT_THAT(sentence(Script().read(1, "\"a\"").call(1, "write", "\"a\"")),
              HasSubstr("began only 1 ms after that: a read before its write; if x holds \"a\" at "
                        "first, check with --initial '\"a\"'"));
  EXPECT_THAT(sentence(Script().call(1, "write", "7").read(1, "0").call(1, "write", "0")),
              ::testing::EndsWith(": a read before its write"));
}

TEST(Explain, FailedWriteThatBeganAfterTheRead_IsNotItsSource) {
  const Violation violation =
      Script().read(1, "7").invoke(2, "write", "7").fail(2, "write", "7").violation();
  EXPECT_EQ(name(violation.anomaly), "garbage read");
  EXPECT_EQ(violation.sentence,
            "read of x by process 1 returned 7, which no operation had tried to write by then (the "
            "failed write 7 to x by process 2 began only 1 ms after that): a garbage read; if x "
            "holds 7 at first, check with --initial 7");
  const auto list = Script()
                        .call(1, "append", "1")
                        .read(3, "[1,2]")
                        .invoke(2, "append", "2")
                        .fail(2, "append", "2");
  EXPECT_EQ(name(list.violation("list").anomaly), "garbage read");
}

TEST(Explain, ValueOfAFailedWriteThatIsWrittenOnlyLater_IsAborted) {
  const auto script =
      Script().invoke(1, "write", "7").fail(1, "write", "7").read(2, "7").call(3, "write", "7");
  EXPECT_EQ(name(script.violation().anomaly), "aborted read");
}

TEST(Explain, AbortedRead_ShowsTheFailedWrite) {
  const Violation violation =
      Script().invoke(1, "write", "7").fail(1, "write", "7").read(2, "7").violation();
  EXPECT_EQ(name(violation.anomaly), "aborted read");
  ASSERT_EQ(violation.operations.size(), 2u);
  EXPECT_EQ(violation.operations[0].outcome, Outcome::kFail);
}

TEST(Explain, LostUpdate_IsShownWithTheWrite) {
  const Violation violation =
      Script().call(1, "write", "7").call(2, "cas", "[7,8]").call(3, "cas", "[7,9]").violation();
  EXPECT_EQ(name(violation.anomaly), "lost update");
  EXPECT_EQ(violation.operations.size(), 3u);
}

TEST(Explain, ReadBeforeItsWrite_IsCalledThat) {
  EXPECT_EQ(name(Script().read(1, "7").call(2, "write", "7").violation().anomaly),
            "read before its write");
}

TEST(Explain, CasChain_StaysWhole) {
  Script script;
  script.call(1, "write", "1");
  for (int i = 1; i < 10; ++i) {
    script.invoke(10 + i, "cas", "[" + std::to_string(i) + "," + std::to_string(i + 1) + "]");
  }
  const Violation violation = script.read(2, "10").read(3, "1").read(2, "10").violation();
  EXPECT_EQ(violation.anomaly, Anomaly::kStaleRead);
  EXPECT_EQ(violation.operations.size(), 12u);
}

TEST(Explain, RepeatedValues_ShowOnlyWritesThatCanBeMeant) {
  Script script;
  for (int i = 0; i < 50; ++i) script.call(1, "write", std::to_string(i % 3));
  const Violation violation = script.read(2, "0").read(3, "1").violation();
  EXPECT_EQ(violation.anomaly, Anomaly::kStaleRead);
  EXPECT_EQ(violation.operations.size(), 3u);
}

TEST(Explain, Lists_HaveTheirOwnNames) {
  const auto list = [](Script& script) {
    return std::string(name(script.violation("list").anomaly));
  };
  EXPECT_EQ(list(Script().call(1, "append", "1").read(2, "[1,1]")), "duplicate append");
  EXPECT_EQ(list(Script().call(1, "append", "1").read(2, "[1,2]")), "garbage read");
  EXPECT_EQ(list(Script().call(1, "append", "1").read(2, "[]")), "stale read or lost write");
  EXPECT_EQ(list(Script().call(1, "append", "1").read(2, "[]").read(3, "[]")), "lost append");
  EXPECT_EQ(
      list(
          Script().invoke(1, "append", "1").invoke(2, "append", "2").read(3, "[1]").read(3, "[2]")),
      "incompatible order");
  EXPECT_EQ(list(Script().call(1, "append", "1").read(2, "[]").read(2, "[1]")), "stale read");
  EXPECT_EQ(list(Script().call(1, "append", "1").call(1, "append", "2").read(2, "[2,1]")),
            "reordered append");
  EXPECT_EQ(list(Script().call(1, "append", "1").call(1, "append", "2").read(2, "[2]")),
            "lost append");
  EXPECT_EQ(list(Script()
                     .invoke(1, "append", "1")
                     .call(2, "append", "2")
                     .read(3, "[1,2]")
                     .read(3, "[2,1]")),
            "reordered append");
  EXPECT_EQ(list(Script().invoke(1, "append", "1").fail(1, "append", "1").read(2, "[1]")),
            "aborted read");
  EXPECT_EQ(list(Script().read(2, "[1]").call(1, "append", "1")), "read before its write");
}

// With --failed-cas observes.
Violation observed(const std::string& model, const std::string& before,
                   const std::string& expected) {
  const auto event = [](int process, const char* type, const char* f, const std::string& value) {
    return R"({"process":)" + std::to_string(process) + R"(,"type":")" + type + R"(","f":")" + f +
           R"(","key":"x","value":)" + value + R"(,"error":"mismatch"})" + "\n";
  };
  std::string text;
  if (!before.empty()) {
    text = event(0, "invoke", "write", before) + event(0, "ok", "write", before) +
           event(0, "invoke", "write", before) + event(0, "ok", "write", before);
  }
  text += event(1, "invoke", "cas", "[" + expected + ",2]") +
          event(1, "fail", "cas", "[" + expected + ",2]");
  const CheckOptions options{.model = model, .failed_cas = FailedCas::kObserves};
  const LoadResult loaded = load_history_text(text, options);
  const Report report = check_history(std::get<History>(loaded), options);
  EXPECT_EQ(report.violations.size(), 1u);
  return report.violations.empty() ? Violation{} : report.violations.front();
}

TEST(Explain, FailedCasThatFoundWhatItExpected_HasItsName) {
  for (const char* model : {"cas-register", "kv"}) {
    const Violation initial = observed(model, "", "null");
    EXPECT_EQ(name(initial.anomaly), "failed cas that should have succeeded");
    EXPECT_EQ(
        initial.sentence,
        "cas [null,2] of x by process 1 failed although the value was null: a failed cas that "
        "should have succeeded");
    EXPECT_EQ(observed(model, "1", "1").anomaly, Anomaly::kFailedCas) << model;
    EXPECT_EQ(observed(model, R"("a")", R"("a")").anomaly, Anomaly::kFailedCas) << model;
  }
}

// Operations that hold no value are no reason to ask for one.
TEST(Explain, FailedOperationsWithoutValues_AreNoSources) {
  for (const char* model : {"register", "cas-register", "kv"}) {
    Script script;
    script.invoke(1, "read").fail(1, "read").call(2, "write", R"("a")").read(3, R"("b")");
    EXPECT_EQ(name(script.violation(model).anomaly), "garbage read") << model;
  }
  Script store;
  store.invoke(1, "cas", R"([null,"a"])").fail(1, "cas", R"([null,"a"])");
  store.invoke(2, "append", R"("b")").fail(2, "append", R"("b")").read(3, R"("ab")");
  EXPECT_EQ(name(store.violation("kv").anomaly), "aborted read");
}

TEST(Explain, IntermediateRead_NamesWhoOverwroteTheValue) {
  const std::string twice = R"([["w","x",1],["w","x",2]])";
  const Violation violation = Script()
                                  .call(1, "txn", twice, twice)
                                  .call(2, "txn", R"([["r","x",null]])", R"([["r","x",1]])")
                                  .violation("multi-register");
  EXPECT_EQ(name(violation.anomaly), "intermediate read");
  EXPECT_EQ(violation.sentence,
            "txn by process 2 read \"x\" = 1, which txn by process 1 wrote and overwrote with 2 "
            "before it ended: an intermediate read");
}

}  // namespace
}  // namespace capsize::checker
