// bank: consistent totals are valid, inconsistent ones are named, other histories are refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checker/check/check.h"
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
  const Report report = check(R"([["r","a",[5]],["append","a",1]])");
  EXPECT_EQ(report.verdict, Verdict::kVacuous) << "nothing else was read";
  EXPECT_THAT(report.reason, HasSubstr("no read of all accounts"));
}

/// Jepsen's form, as EDN: the values of acknowledged reads, after a transfer.
Report check_balances(const std::vector<std::string>& reads,
                      std::optional<std::string> initial = {}) {
  std::string text =
      "{:process 3, :type :invoke, :f :transfer, :value {:from 0, :to 1, :amount 5}}\n"
      "{:process 3, :type :ok, :f :transfer, :value {:from 0, :to 1, :amount 5}}\n";
  for (const std::string& read : reads) {
    text += "{:process 4, :type :invoke, :f :read, :value nil}\n";
    text += "{:process 4, :type :ok, :f :read, :value " + read + "}\n";
  }
  const CheckOptions options{.model = "bank", .initial_json = std::move(initial)};
  return check_history(std::get<History>(load_history_text(text, options)), options);
}

TEST(Bank, ReadsOfBalances_HaveTheTotalOfTheFirst) {
  EXPECT_EQ(check_balances({"{0 5, 1 15}", "{0 20, 1 0}", "{1 21, 0 -1}"}).verdict,
            Verdict::kValid);
  const Report report = check_balances({"{0 5, 1 15}", "{0 5, 1 20}", "{0 1, 1 1}"});
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_THAT(report.reason, HasSubstr("process 4 found a total of 25 instead of 20"));
  EXPECT_EQ(report.violations.size(), 2U);
}

TEST(Bank, InitialValue_IsTheTotal) {
  EXPECT_EQ(check_balances({"{0 5, 1 15}"}, "20").verdict, Verdict::kValid);
  EXPECT_THAT(check_balances({"{0 5, 1 15}"}, "100").reason, HasSubstr("20 instead of 100"));
  EXPECT_THAT(check_balances({"{0 5, 1 15}"}, "\"x\"").reason, HasSubstr("expected the total"));
}

TEST(Bank, AccountWithoutABalance_IsInvalid) {
  const Report report = check_balances({"{0 20, 1 nil}"});
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_THAT(report.reason, HasSubstr("found an account without a balance"));
}

TEST(Bank, NoRead_IsVacuousAndAnotherValueIsAUsageError) {
  EXPECT_EQ(check_balances({}).verdict, Verdict::kVacuous);
  EXPECT_THAT(check_balances({"{0 \"much\"}"}).reason, HasSubstr("expected a map of accounts"));
  EXPECT_THAT(check_balances({"7"}).reason, HasSubstr("read with 7 at index 2"));
}

TEST(Bank, ArrayOfBalances_IsSummed) {
  const std::string events =
      "{\"process\":1,\"type\":\"invoke\",\"f\":\"read\"}\n"
      "{\"process\":1,\"type\":\"ok\",\"f\":\"read\",\"value\":[4,6]}\n";
  const auto verdict = [&](const char* total) {
    const CheckOptions options{.model = "bank", .initial_json = total};
    return check_history(std::get<History>(load_history_text(events, options)), options).verdict;
  };
  EXPECT_EQ(verdict("10"), Verdict::kValid);
  EXPECT_EQ(verdict("9"), Verdict::kInvalid);
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
  EXPECT_THAT(report.reason,
              HasSubstr("found function \"write\", expected those of bank: read, transfer, txn"));
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
