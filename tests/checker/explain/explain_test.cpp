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
  // Nobody acknowledged 9, but somebody saw it.
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

TEST(Explain, WriteThatVanishes_IsLost) {
  const Violation violation = Script()
                                  .call(1, "write", "7")
                                  .call(2, "write", "9")
                                  .read(4, "7")
                                  .read(5, "7")
                                  .call(1, "write", "10")
                                  .read(5, "10")
                                  .violation();
  EXPECT_EQ(name(violation.anomaly), "lost write");
  EXPECT_THAT(violation.sentence,
              HasSubstr("write 9 to x was acknowledged to process 2, but is never seen again"));
}

TEST(Explain, WriteThatWasSeenAndThenVanishes_IsLost) {
  EXPECT_EQ(Script()
                .call(1, "write", "7")
                .call(2, "write", "9")
                .read(3, "9")
                .read(4, "7")
                .read(5, "7")
                .violation()
                .anomaly,
            Anomaly::kLostWrite);
}

TEST(Explain, LastWriteOverAnInitialValue_IsLost) {
  EXPECT_EQ(Script().call(2, "write", "9").read(4, "null").violation().anomaly,
            Anomaly::kLostWrite);
}

TEST(Explain, UnwrittenValue_IsCalledThat) {
  const Violation violation = Script().call(1, "write", "7").read(2, "8").violation();
  EXPECT_EQ(name(violation.anomaly), "read of a value never written");
  EXPECT_EQ(violation.operations.size(), 1u);
}

TEST(Explain, AbortedRead_ShowsTheFailedWrite) {
  const Violation violation =
      Script().invoke(1, "write", "7").fail(1, "write", "7").read(2, "7").violation();
  EXPECT_EQ(name(violation.anomaly), "aborted read");
  ASSERT_EQ(violation.operations.size(), 2u);
  EXPECT_EQ(violation.operations[0].outcome, Outcome::kFail);
}

TEST(Explain, TwoWinners_AreShownWithTheWrite) {
  const Violation violation =
      Script().call(1, "write", "7").call(2, "cas", "[7,8]").call(3, "cas", "[7,9]").violation();
  EXPECT_EQ(name(violation.anomaly), "two winners of a cas");
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
  const Violation violation = script.read(2, "10").read(3, "1").violation();
  EXPECT_EQ(violation.anomaly, Anomaly::kStaleRead);
  EXPECT_EQ(violation.operations.size(), 12u);
}

TEST(Explain, RepeatedValues_ShowOnlyWritesThatCanBeMeant) {
  Script script;
  for (int i = 0; i < 50; ++i) script.call(1, "write", std::to_string(i % 3));
  const Violation violation = script.read(2, "0").violation();
  EXPECT_EQ(violation.anomaly, Anomaly::kStaleRead);
  EXPECT_EQ(violation.operations.size(), 3u);
}

TEST(Explain, Lists_HaveTheirOwnNames) {
  const auto list = [](Script& script) {
    return std::string(name(script.violation("list").anomaly));
  };
  EXPECT_EQ(list(Script().call(1, "append", "1").read(2, "[1,1]")), "doubled append");
  EXPECT_EQ(list(Script().call(1, "append", "1").read(2, "[1,2]")), "phantom append");
  EXPECT_EQ(list(Script().call(1, "append", "1").read(2, "[]")), "lost append");
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

TEST(Explain, MismatchThatCannotBe_HasASentence) {
  const std::string text =
      R"({"process":1,"type":"invoke","f":"cas","key":"x","value":[null,2]})"
      "\n"
      R"({"process":1,"type":"fail","f":"cas","key":"x","value":[null,2],"error":"mismatch"})"
      "\n";
  const CheckOptions options{.failed_cas = FailedCas::kMismatch};
  const LoadResult loaded = load_history_text(text, options);
  const Report report = check_history(std::get<History>(loaded), options);
  ASSERT_EQ(report.violations.size(), 1u);
  EXPECT_EQ(name(report.violations[0].anomaly), "no legal order");
}

}  // namespace
}  // namespace capsize::checker
