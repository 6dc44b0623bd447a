// Which processes are clients, which operations belong to which key, and what is reported of the
// rest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "checker/check/check.h"

namespace capsize::checker {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Report check(const std::string& text, const ReadOptions& options = {}) {
  CheckOptions all{.reading = options};
  LoadResult loaded = load_history_text(text, all, "h");
  const auto* history = std::get_if<History>(&loaded);
  return history ? check_history(*history, all) : report_without_history("h", std::move(loaded));
}

const std::string kStale = R"({"process":"w","type":"invoke","f":"write","value":1})"
                           "\n"
                           R"({"process":"w","type":"ok","f":"write","value":1})"
                           "\n"
                           R"({"process":"r","type":"invoke","f":"read"})"
                           "\n"
                           R"({"process":"r","type":"ok","f":"read","value":9})"
                           "\n";

TEST(Clients, WithNames_AreClientsAndAreCalledByTheirNames) {
  const Report report = check(kStale);
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_THAT(report.reason, HasSubstr("by process r"));
  EXPECT_EQ(report.violations.at(0).operations.at(0).process_name, "r");
  EXPECT_THAT(report.notes, IsEmpty());
}

TEST(Clients, WithNames_MayGoOnAfterAnIndeterminateOperation) {
  const std::string info = R"({"process":"w","type":"invoke","f":"write","value":2})"
                           "\n"
                           R"({"process":"w","type":"info","f":"write","value":2})"
                           "\n";
  EXPECT_EQ(check(info + kStale).counts.operations, 3u);
}

TEST(Clients, Nemesis_IsSkippedAndCounted) {
  const std::string nemesis = R"({"process":"nemesis","type":"info","f":"kill","value":"n1"})"
                              "\n"
                              R"({"process":"phases","type":"invoke","f":"heal"})"
                              "\n";
  const Report report = check(nemesis + kStale);
  EXPECT_EQ(report.counts.operations, 2u);
  EXPECT_THAT(report.notes, ElementsAre(HasSubstr("2 events of \"nemesis\", \"phases\" skipped")));
}

TEST(Clients, LinesWithoutOperations_AreCounted) {
  const Report report = check("{\"phase\":\"drive\"}\n" + kStale);
  EXPECT_THAT(report.notes, ElementsAre(HasSubstr("1 lines skipped")));
  EXPECT_EQ(check("{\"a\":1}\n{\"b\":2}\n").verdict, Verdict::kUsageError);
}

std::string event(int process, const std::string& type, const std::string& f,
                  const std::string& value) {
  return "{\"process\":" + std::to_string(process) + ",\"type\":\"" + type + "\",\"f\":\"" + f +
         "\",\"value\":" + value + "}\n";
}

std::string call(int process, const std::string& f, const std::string& asked,
                 const std::string& answered) {
  return event(process, "invoke", f, asked) + event(process, "ok", f, answered);
}

TEST(Tuples, OfKeysAndValues_AreKeys) {
  const Report report =
      check(call(0, "write", "[1,5]", "[1,5]") + call(0, "write", "[2,6]", "[2,6]") +
            call(1, "read", "[1,null]", "[1,5]"));
  EXPECT_EQ(report.verdict, Verdict::kValid);
  EXPECT_EQ(report.counts.keys, 2u);
  EXPECT_THAT(report.notes, ElementsAre(HasSubstr("[key value] pairs: 2 keys")));
}

TEST(Tuples, PairsThatARegisterHolds_AreValues) {
  const Report report =
      check(call(0, "write", "[1,5]", "[1,5]") + call(1, "read", "null", "[1,5]"));
  EXPECT_EQ(report.verdict, Verdict::kValid);
  EXPECT_EQ(report.counts.keys, 1u);
  const ReadOptions values{.independent = false};
  EXPECT_EQ(check(call(0, "write", "[1,5]", "[1,5]") + call(1, "read", "[1,null]", "[1,5]"), values)
                .counts.keys,
            1u);
}

TEST(Tuples, CasOfAKey_ProvesThem) {
  const Report report =
      check(call(0, "write", "[1,0]", "[1,0]") + call(0, "cas", "[1,[0,4]]", "[1,[0,4]]"));
  EXPECT_EQ(report.verdict, Verdict::kValid);
  EXPECT_EQ(check(call(0, "write", "0", "0") + call(0, "cas", "[0,4]", "[0,4]")).verdict,
            Verdict::kValid);
}

TEST(Tuples, AmongOtherValues_AreRefusedWithBothWaysOut) {
  const std::string mixed = call(0, "write", "[1,5]", "[1,5]") +
                            call(1, "read", "[1,null]", "[1,5]") + call(1, "read", "null", "[1,5]");
  EXPECT_THAT(check(mixed).reason, HasSubstr("2 of 3 invocations"));
  EXPECT_THAT(check(mixed).reason, HasSubstr("--independent"));
  const Report split = check(mixed, {.independent = true});
  EXPECT_EQ(split.verdict, Verdict::kValid);
  EXPECT_EQ(split.counts.operations, 2u);
  EXPECT_THAT(split.notes, ElementsAre(HasSubstr("1 operations without a key left out"),
                                       HasSubstr("pairs: 1 keys")));
}

TEST(Tuples, CompletionWithoutItsKey_IsMalformed) {
  EXPECT_THAT(check(call(0, "add", "[0,0]", "[0,0]") + call(0, "read", "[0,null]", "[0]")).reason,
              HasSubstr("expected a pair [key value]"));
}

TEST(Sequence, CompletionsAlone_AreOperationsOneAfterTheOther) {
  const std::string text = event(0, "ok", "write", "1") + event(1, "ok", "read", "1");
  EXPECT_THAT(check(text).reason, HasSubstr("--sequence"));
  EXPECT_EQ(check(text, {.sequence = true}).verdict, Verdict::kValid);
  const std::string stale =
      event(0, "ok", "write", "1") + event(1, "ok", "write", "2") + event(1, "ok", "read", "1");
  EXPECT_EQ(check(stale, {.sequence = true}).verdict, Verdict::kInvalid);
  EXPECT_THAT(check(call(0, "read", "null", "1"), {.sequence = true}).reason,
              HasSubstr("completions only"));
}

TEST(Synonyms, OfFunctions_AreUnderstood) {
  EXPECT_EQ(check(call(0, "Put", "1", "1") + call(0, "GET", "null", "1")).model, "register");
  EXPECT_EQ(check(call(0, "lock", "null", "null") + call(0, "unlock", "null", "null")).model,
            "mutex");
  const Report counter = check(call(0, "inc", "null", "null") + call(0, "dec", "2", "2") +
                               call(0, "read", "null", "-1"));
  EXPECT_EQ(counter.model, "counter");
  EXPECT_EQ(counter.verdict, Verdict::kValid);
}

TEST(Lenient, ViolationThatASkippedLineMayExplain_IsNotCertain) {
  const std::string text = "{\"process\":0,\"type\":\"invoke\",\"f\":\"write\",\"value\":5,}\n" +
                           call(1, "read", "null", "5");
  const Report report = check(text, {.lenient = true});
  EXPECT_EQ(report.verdict, Verdict::kUnknown);
  EXPECT_THAT(report.reason, HasSubstr("unless operations that could not be read"));
  EXPECT_FALSE(report.violations.empty());
}

TEST(Values, BigIntegers_AreNumbers) {
  EXPECT_EQ(check(call(0, "write", "123456789012345678901234567890", "null") +
                  call(1, "read", "null", "123456789012345678901234567890"))
                .verdict,
            Verdict::kValid);
  EXPECT_EQ(check(call(0, "write", "123456789012345678901234567890", "null") +
                  call(1, "read", "null", "123456789012345678901234567891"))
                .verdict,
            Verdict::kInvalid);
}

TEST(Values, Objects_AreEqualWhateverTheOrderOfTheirMembers) {
  EXPECT_EQ(check(call(0, "write", R"({"a":1,"b":[{"c":1,"d":2}]})", "null") +
                  call(1, "read", "null", R"({"b":[{"d":2,"c":1}],"a":1})"))
                .verdict,
            Verdict::kValid);
}

}  // namespace
}  // namespace capsize::checker
