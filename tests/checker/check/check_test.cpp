#include "checker/check/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include "base/json.h"

namespace capsize::checker {
namespace {

using ::testing::HasSubstr;

Report check_text(const std::string& text, const CheckOptions& options = {}) {
  const LoadResult loaded = load_history_text(text, options, "test.jsonl");
  if (const auto* malformed = std::get_if<Malformed>(&loaded)) {
    ADD_FAILURE() << malformed->message();
    return {};
  }
  return check_history(std::get<History>(loaded), options);
}

std::string invoke(int process, const std::string& f, const std::string& value,
                   const std::string& key = "x") {
  return R"({"process":)" + std::to_string(process) + R"(,"type":"invoke","f":")" + f +
         R"(","key":")" + key + R"(","value":)" + value + "}\n";
}

std::string complete(int process, const std::string& type, const std::string& f,
                     const std::string& value, const std::string& key = "x") {
  return R"({"process":)" + std::to_string(process) + R"(,"type":")" + type + R"(","f":")" + f +
         R"(","key":")" + key + R"(","value":)" + value + "}\n";
}

std::string call(int process, const std::string& f, const std::string& value,
                 const std::string& result, const std::string& key = "x") {
  return invoke(process, f, value, key) + complete(process, "ok", f, result, key);
}

TEST(Check, NoOperations_AreVacuous) {
  const Report report = check_text("");
  EXPECT_EQ(report.verdict, Verdict::kVacuous);
  EXPECT_EQ(report.reason, "the history is empty");
}

TEST(Check, LegalRegister_IsValidAndCounted) {
  const Report report = check_text(call(1, "write", "7", "7") + call(2, "read", "null", "7") +
                                   invoke(3, "write", "8"));
  EXPECT_EQ(report.verdict, Verdict::kValid);
  EXPECT_EQ(report.model, "register");
  EXPECT_EQ(report.counts.operations, 3u);
  EXPECT_EQ(report.counts.ok, 2u);
  EXPECT_EQ(report.counts.info, 1u);
  EXPECT_EQ(report.counts.processes, 3u);
  EXPECT_EQ(report.algorithms.at("distinct-register"), 1u);
}

TEST(Check, HeaderModelAndInitial_AreUsed) {
  const Report report = check_text(R"({"capsize-history":1,"model":"cas-register","initial":3})"
                                   "\n" +
                                   call(1, "read", "null", "3"));
  EXPECT_EQ(report.verdict, Verdict::kValid);
  EXPECT_EQ(report.model, "cas-register");
}

TEST(Check, InitialOption_OverridesTheHeader) {
  const std::string text = "{\"capsize-history\":1,\"initial\":3}\n" + call(1, "read", "null", "4");
  EXPECT_EQ(check_text(text).verdict, Verdict::kInvalid);
  EXPECT_EQ(check_text(text, {.initial_json = "4"}).verdict, Verdict::kValid);
}

TEST(Check, NullRead_IsTheInitialValueOnlyWhereNoneIsGiven) {
  const std::string text = call(1, "read", "null", "null");
  EXPECT_EQ(check_text(text).verdict, Verdict::kValid);
  EXPECT_EQ(check_text(text, {.initial_json = "0"}).verdict, Verdict::kInvalid);
}

TEST(Check, UnknownModel_IsAUsageErrorThatNamesTheKnownOnes) {
  const Report report = check_text(call(1, "read", "null", "null"), {.model = "regsiter"});
  EXPECT_EQ(report.verdict, Verdict::kUsageError);
  EXPECT_THAT(report.reason, HasSubstr("register, semaphore, set, stack, bank"));
}

TEST(Check, FunctionOfAnotherModel_IsAUsageError) {
  const Report report = check_text(call(1, "append", "1", "1"), {.model = "register"});
  EXPECT_EQ(report.verdict, Verdict::kUsageError);
  EXPECT_THAT(report.reason, HasSubstr("append"));
}

TEST(Check, NothingAcknowledged_IsVacuous) {
  const std::string failed = invoke(1, "write", "7") + complete(1, "fail", "write", "7");
  const std::string open = invoke(2, "write", "8") + complete(2, "info", "write", "8");
  for (const std::string& text : {failed, open, invoke(3, "read", "null"), failed + open}) {
    const Report report = check_text(text);
    EXPECT_EQ(report.verdict, Verdict::kVacuous) << text;
    EXPECT_THAT(report.reason, HasSubstr("no operation completed"));
  }
  EXPECT_EQ(check_text(failed + call(4, "write", "9", "9", "y")).verdict, Verdict::kValid);
}

TEST(Check, FailedCasThatObserves_WasJudged) {
  const auto failed = [](const std::string& expected, const std::string& error) {
    return invoke(1, "cas", "[" + expected + ",2]") +
           R"({"process":1,"type":"fail","f":"cas","key":"x","value":null,"error":")" + error +
           "\"}\n";
  };
  const auto verdict = [](const std::string& text, FailedCas failed_cas) {
    return check_text(text, {.failed_cas = failed_cas}).verdict;
  };
  EXPECT_EQ(verdict(failed("1", "timeout"), FailedCas::kObserves), Verdict::kValid);
  EXPECT_EQ(verdict(failed("1", "timeout"), FailedCas::kMismatch), Verdict::kVacuous);
  EXPECT_EQ(verdict(failed("1", "mismatch"), FailedCas::kMismatch), Verdict::kValid);
  EXPECT_EQ(verdict(failed("1", "mismatch"), FailedCas::kIgnored), Verdict::kVacuous);
  // The initial value is null: a cas that expects it cannot have failed for another value.
  EXPECT_EQ(verdict(failed("null", "timeout"), FailedCas::kObserves), Verdict::kInvalid);
  EXPECT_EQ(check_text(failed("null", "mismatch")).verdict, Verdict::kVacuous) << "the default";
}

TEST(Check, Violation_IsAnnouncedBeforeItIsExplained) {
  std::vector<Verdict> announced;
  const CheckOptions options{.on_verdict = [&](Verdict its) { announced.push_back(its); }};
  check_text(call(1, "write", "7", "7") + call(2, "read", "null", "7"), options);
  EXPECT_TRUE(announced.empty());
  check_text(call(1, "write", "7", "7") + call(2, "read", "null", "8"), options);
  ASSERT_FALSE(announced.empty());
  EXPECT_EQ(announced.front(), Verdict::kInvalid);
}

TEST(Check, ValueThatNoModelTakes_IsNamedWithItsIndex) {
  const Report counter = check_text(call(1, "add", "2", "2") + call(1, "add", "2.5", "2.5") +
                                    call(1, "read", "null", "4.5"));
  EXPECT_EQ(counter.verdict, Verdict::kUsageError);
  EXPECT_THAT(counter.reason,
              HasSubstr("for counter found add with 2.5 at index 2, expected a whole number"));
  const Report cas = check_text(call(1, "write", "1", "1") + call(1, "cas", "[1,2,3]", "[1,2,3]"));
  EXPECT_THAT(cas.reason, HasSubstr("for cas-register and kv found cas with [1,2,3] at index 2"));
}

TEST(Check, FunctionThatNoModelHas_NamesTheWayOut) {
  const Report report = check_text(call(1, "lok", "null", "null"));
  EXPECT_EQ(report.verdict, Verdict::kUsageError);
  EXPECT_THAT(report.reason, HasSubstr("\"lok\", which no model has, expected --map f.lok=MEANT"));
  EXPECT_THAT(check_text(call(1, "push", "1", "1") + call(1, "dequeue", "null", "1")).reason,
              HasSubstr("which no model has together"));
  EXPECT_THAT(check_text(call(1, "transfer", "1", "1") + call(1, "read", "null", "[1]")).reason,
              HasSubstr("expected --model bank"));
  EXPECT_THAT(check_text(call(1, "push", "1", "1"), {.model = "bank"}).reason,
              HasSubstr("those of bank: read, transfer, txn (--map f.push=MEANT"));
}

TEST(Check, ModelThatCannotBeGuessed_IsAskedFor) {
  // Appended strings that were never read: a string or a list.
  const Report report = check_text(call(1, "append", "\"a\"", "null"));
  EXPECT_EQ(report.verdict, Verdict::kUsageError);
  EXPECT_THAT(report.reason, HasSubstr("several models fit, expected --model kv or --model list"));
}

TEST(Check, Model_IsGuessedFromFunctionsAndValues) {
  EXPECT_EQ(check_text(call(1, "cas", "[1,2]", "null")).model, "cas-register");
  EXPECT_EQ(check_text(call(1, "delete", "null", "null")).model, "kv");
  EXPECT_EQ(check_text(call(1, "append", "1", "null")).model, "list");
  EXPECT_EQ(
      check_text(call(1, "append", "\"a\"", "null") + call(1, "read", "null", "[\"a\"]")).model,
      "list");
  EXPECT_EQ(check_text(call(1, "append", "\"a\"", "null") + call(1, "read", "null", "\"a\"")).model,
            "kv");
}

TEST(Check, CasWithoutAPair_IsAUsageErrorThatNamesTheEvent) {
  const Report report = check_text(call(1, "cas", "5", "5"), {.model = "cas-register"});
  EXPECT_EQ(report.verdict, Verdict::kUsageError);
  EXPECT_THAT(report.reason, HasSubstr("cas with 5 at index 0, expected a pair"));
}

TEST(Check, Keys_AreIndependent) {
  const Report report =
      check_text(call(1, "write", "7", "7", "x") + call(1, "read", "null", "null", "y") +
                 call(1, "read", "null", "null", "x"));
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_EQ(report.violating_keys, 1u);
  EXPECT_EQ(report.violations.at(0).key, "x");
}

TEST(Check, FailedOperations_AreLeftOut) {
  EXPECT_EQ(check_text(invoke(1, "write", "7") + complete(1, "fail", "write", "7") +
                       call(2, "read", "null", "null"))
                .verdict,
            Verdict::kValid);
}

TEST(Check, MismatchThatObserves_IsAnOption) {
  std::string failed = complete(2, "fail", "cas", "[1,2]");
  failed.insert(failed.size() - 2, ",\"error\":\"mismatch\"");
  const std::string text = call(1, "write", "1", "1") + invoke(2, "cas", "[1,2]") + failed;
  EXPECT_EQ(check_text(text).verdict, Verdict::kValid);
  EXPECT_EQ(check_text(text, {.failed_cas = FailedCas::kMismatch}).verdict, Verdict::kInvalid);
}

TEST(Check, RepeatedValues_GoToTheSearch) {
  const Report report = check_text(call(1, "write", "1", "1") + call(1, "write", "1", "1"));
  EXPECT_EQ(report.verdict, Verdict::kValid);
  EXPECT_EQ(report.algorithms.at("just-in-time-search"), 1u);
}

// Many cas at once, which no fast decider takes and no search finishes soon: each is an edge
// between two of twenty values, and no way goes over all of them, as 0 is left more often than it
// is come to.
std::string hard_key(const std::string& key, int first_process) {
  std::string text, completions;
  for (int i = 0; i < 62; ++i) {
    const int from = i < 60 ? i % 20 : 0;
    const std::string pair =
        "[" + std::to_string(from) + "," + std::to_string((i + 1 + i / 20) % 20) + "]";
    text += invoke(first_process + i, "cas", pair, key);
    completions += complete(first_process + i, "ok", "cas", pair, key);
  }
  return text + completions;
}

TEST(Check, TimeBound_IsKeptAndNamed) {
  const Report report = check_text(
      hard_key("x", 0), {.initial_json = "0", .time_limit = std::chrono::milliseconds(100)});
  EXPECT_EQ(report.verdict, Verdict::kUnknown);
  EXPECT_EQ(report.unknown_keys, 1u);
  EXPECT_THAT(report.reason, HasSubstr("key x: the time bound"));
}

TEST(Check, MemoryBound_IsKeptAndNamed) {
  const Report report =
      check_text(hard_key("x", 0), {.initial_json = "0", .memory_limit_bytes = 4 << 20});
  EXPECT_EQ(report.verdict, Verdict::kUnknown);
  EXPECT_THAT(report.reason, HasSubstr("key x: the memory bound"));
}

TEST(Check, ViolationOnOneKey_BeatsAnUnknownOne) {
  const Report report =
      check_text(hard_key("a", 0) + call(100, "write", "1", "1", "b") +
                     call(100, "write", "1", "1", "b") + call(100, "read", "null", "2", "b"),
                 {.initial_json = "0", .time_limit = std::chrono::milliseconds(200)});
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_EQ(report.violating_keys, 1u);
  EXPECT_EQ(report.unknown_keys, 1u);
}

TEST(Check, LoadingThatExhaustsTheTime_IsUnknown) {
  const LoadResult loaded =
      load_history_text(call(1, "write", "1", "1"), {.time_limit = std::chrono::nanoseconds(0)});
  ASSERT_TRUE(std::holds_alternative<LimitReached>(loaded));
  EXPECT_THAT(std::get<LimitReached>(loaded).reason, HasSubstr("time bound"));
}

TEST(Check, LoadingThatExhaustsTheMemory_IsUnknown) {
  const LoadResult loaded =
      load_history_text(call(1, "write", "1", "1"), {.memory_limit_bytes = 16});
  ASSERT_TRUE(std::holds_alternative<LimitReached>(loaded));
  EXPECT_THAT(std::get<LimitReached>(loaded).reason, HasSubstr("memory bound"));
}

TEST(Check, MoreViolatingKeysThanAreShown_AreCounted) {
  std::string text;
  for (int key = 0; key < 40; ++key) text += call(1, "read", "null", "9", std::to_string(key));
  const Report report = check_text(text);
  EXPECT_EQ(report.violating_keys, 40u);
  EXPECT_EQ(report.violations.size(), kViolationsMax);
}

TEST(Check, FileThatDoesNotExist_IsAUsageError) {
  const Report report = check_file("/nonexistent/history.jsonl");
  EXPECT_EQ(report.verdict, Verdict::kUsageError);
  ASSERT_TRUE(report.malformed.has_value());
  EXPECT_THAT(report.reason, HasSubstr("No such file"));
}

TEST(Report, Json_HoldsVerdictCountsAndOperations) {
  const auto json = to_json(check_text(call(1, "write", "7", "7") + call(2, "read", "null", "3")));
  EXPECT_EQ(json["verdict"], "invalid");
  EXPECT_EQ(json["operations"], 2);
  EXPECT_EQ(json["violations"][0]["anomaly"], "garbage read");
  EXPECT_EQ(json["violations"][0]["operations"][0]["value"], 3);
  EXPECT_EQ(json["violations"][0]["operations"][0]["index"], 2);
}

TEST(Report, Json_NamesThePlaceOfAMalformedLine) {
  Report report;
  report.verdict = Verdict::kUsageError;
  report.malformed = Malformed{"h.jsonl", 7, 12, "x", "y"};
  const auto json = to_json(report);
  EXPECT_EQ(json["error"]["kind"], "malformed");
  EXPECT_EQ(json["error"]["message"], "h.jsonl:7:12: found x, expected y");
}

}  // namespace
}  // namespace capsize::checker
