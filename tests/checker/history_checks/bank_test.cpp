// bank: what adds up is valid, what does not is named, what is something else is refused.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checker/check.h"
#include "checker/history_checks/history_check.h"

namespace capsize::checker {
namespace {

using testing::HasSubstr;

/// One ok transaction with this outcome, in a history that names the check.
Report check(const std::string& value, const std::string& function = "txn",
             CheckOptions options = {}) {
  const std::string text =
      "{\"capsize-history\":1,\"model\":\"bank\"}\n"
      R"({"index":0,"process":7,"type":"invoke","f":")" +
      function + R"(","value":null})" + "\n" + R"({"index":1,"process":7,"type":"ok","f":")" +
      function + R"(","value":)" + value + "}\n";
  const LoadResult loaded = load_history_text(text);
  EXPECT_TRUE(std::holds_alternative<History>(loaded));
  return check_history(std::get<History>(loaded), options);
}

TEST(Bank, AmountsThatAddUpToNothing_AreValid) {
  const Report report = check(R"([["r","a",[5,-3]],["r","b",[-5,3]],["r","c",null]])");
  EXPECT_EQ(report.verdict, Verdict::kValid) << report.reason;
  EXPECT_EQ(report.model, "bank");
}

TEST(Bank, HalfATransfer_IsInvalidAndShown) {
  const Report report = check(R"([["r","a",[5,-3]],["r","b",[-5]]])");
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  ASSERT_EQ(report.violations.size(), 1U);
  EXPECT_THAT(report.reason, HasSubstr("process 7 found a total of -3"));
  EXPECT_EQ(report.violations[0].operations.size(), 1U);
}

TEST(Bank, TransactionThatAlsoWrites_IsNotSummed) {
  EXPECT_EQ(check(R"([["r","a",[5]],["append","a",1]])").verdict, Verdict::kValid);
}

TEST(Bank, OtherShapes_AreUsageErrorsThatSayWhatWasExpected) {
  for (const std::string value : {"5", "[5]", R"([["r","a"]])", R"([["r","a","x"]])",
                                  R"([["r","a",["x"]]])", R"([[1,"a",null]])"}) {
    const Report report = check(value);
    EXPECT_EQ(report.verdict, Verdict::kUsageError) << value;
    EXPECT_THAT(report.reason, HasSubstr("expected steps"));
  }
}

TEST(Bank, AnotherFunction_IsAUsageError) {
  const Report report = check("null", "write");
  EXPECT_EQ(report.verdict, Verdict::kUsageError);
  EXPECT_THAT(report.reason, HasSubstr("found function \"write\", expected those of bank: txn"));
}

TEST(Bank, NoTimeLeft_IsUnknown) {
  EXPECT_EQ(check("[]", "txn", {.time_limit = std::chrono::nanoseconds(0)}).verdict,
            Verdict::kUnknown);
}

TEST(HistoryChecks, AreListedByNameAndFound) {
  ASSERT_FALSE(list_history_checks().empty());
  EXPECT_EQ(find_history_check("bank"), list_history_checks()[0]);
  EXPECT_EQ(find_history_check("no such check"), nullptr);
}

}  // namespace
}  // namespace capsize::checker
