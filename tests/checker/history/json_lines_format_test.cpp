#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "checker/check/check.h"

namespace capsize::checker {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kInvoke =
    R"({"index":0,"time":5,"process":1,"type":"invoke","f":"write","key":"x","value":7})";
constexpr std::string_view kOk =
    R"({"index":1,"time":9,"process":1,"type":"ok","f":"write","key":"x","value":7})";

std::string lines(std::initializer_list<std::string_view> all) {
  std::string text;
  for (const std::string_view line : all) {
    text += line;
    text += '\n';
  }
  return text;
}

History read(const std::string& text) {
  LoadResult loaded = load_history_text(text, {}, "h.jsonl");
  if (auto* malformed = std::get_if<Malformed>(&loaded)) {
    ADD_FAILURE() << malformed->message();
    return {};
  }
  return std::get<History>(std::move(loaded));
}

std::string error_of(const std::string& text) {
  const LoadResult loaded = load_history_text(text, {}, "h.jsonl");
  const auto* malformed = std::get_if<Malformed>(&loaded);
  return malformed == nullptr ? "(no error)" : malformed->message();
}

TEST(JsonLines, Operation_HasAllThatTheLinesSay) {
  const History history = read(lines({kInvoke, kOk}));
  ASSERT_EQ(history.operations.size(), 1u);
  const Operation& operation = history.operations[0];
  EXPECT_EQ(operation.process, 1);
  EXPECT_EQ(operation.function, kWrite);
  EXPECT_EQ(operation.outcome, Outcome::kOk);
  EXPECT_EQ(operation.invoke_time, 5);
  EXPECT_EQ(operation.complete_time, 9);
  EXPECT_EQ(history.values.json(operation.argument), "7");
  EXPECT_EQ(history.keys[operation.key], "x");
}

// Converters of EDN keep the colon of a keyword. Whichever reader takes a line apart, it is none of
// the name.
TEST(JsonLines, NamesWithAColon_AreTheSameOnEveryLine) {
  const auto line = [](int index, const char* type, const char* rest) {
    return "{\"index\":" + std::to_string(index) + ",\"process\":1,\"type\":\"" + type +
           "\",\"f\":" + rest + "}\n";
  };
  const History history =
      read(line(0, "invoke", "\":write\",\"value\":7") + line(1, "ok", "\":write\",\"value\":7") +
           line(2, "invoke", "\":cas\",\"value\":[1,2]") +
           line(3, "fail", "\"cas\",\"error\":\":mismatch\""));
  ASSERT_EQ(history.operations.size(), 2u);
  EXPECT_EQ(history.operations[0].function, kWrite);
  EXPECT_EQ(history.operations[1].function, kCas);
  EXPECT_TRUE(history.operations[1].mismatch);
}

TEST(JsonLines, MissingCompletion_IsIndeterminate) {
  const History history = read(lines({kInvoke}));
  EXPECT_EQ(history.operations[0].outcome, Outcome::kInfo);
  EXPECT_EQ(history.operations[0].complete, kNever);
}

TEST(JsonLines, CutOffLastLine_IsLeftOut) {
  const std::string whole = lines({kInvoke, kOk});
  for (std::size_t cut = kInvoke.size() + 2; cut < whole.size() - 2; ++cut) {
    const History history = read(whole.substr(0, cut));
    ASSERT_TRUE(history.cut_off) << cut;
    ASSERT_EQ(history.counts.info, 1u) << cut;
  }
}

TEST(JsonLines, LastLineWithoutLineFeed_CountsIfItIsWhole) {
  const History history = read(std::string(kInvoke) + "\n" + std::string(kOk));
  EXPECT_FALSE(history.cut_off);
  EXPECT_EQ(history.counts.ok, 1u);
}

TEST(JsonLines, BrokenLineInTheMiddle_IsMalformedAndNamesThePlace) {
  EXPECT_EQ(error_of(lines({kInvoke, R"({"index":1,"process":1 "type":"ok"})", kOk})),
            "h.jsonl:2:24: found \"\"type\":\"ok\"}\", expected JSON to continue");
}

TEST(JsonLines, LineThatEndsEarly_IsMalformed) {
  EXPECT_THAT(error_of(lines({kInvoke, R"({"index":1,)"})),
              StartsWith("h.jsonl:2:12: found the end"));
}

TEST(JsonLines, NotAnObject_IsMalformed) {
  EXPECT_EQ(error_of(lines({kInvoke, "[1]"})), "h.jsonl:2:1: found [1], expected a JSON object");
}

TEST(JsonLines, DeepNesting_IsMalformed) {
  const std::string deep = std::string(40, '[') + std::string(40, ']');
  for (const std::string padding : {"", "                "}) {
    std::string pad;
    for (int i = 0; i < 10000; ++i) pad += padding;
    EXPECT_THAT(error_of(lines(
                    {R"({"process":1,"type":"invoke","f":"write","value":)" + deep + pad + "}"})),
                HasSubstr("nested too deeply"));
  }
}

TEST(JsonLines, WrongFields_AreMalformedWithColumn) {
  EXPECT_EQ(error_of(lines({R"({"process":1,"type":"done","f":"read"})"})),
            "h.jsonl:1:21: found \"type\": \"done\", expected \"invoke\", \"ok\", \"fail\" or "
            "\"info\"");
  EXPECT_THAT(error_of(lines({R"({"process":[1],"type":"invoke","f":"read"})"})),
              HasSubstr("found \"process\": [1], expected the number or name of a client"));
  EXPECT_THAT(error_of(lines({R"({"type":"invoke","f":"read"})"})), HasSubstr("no \"process\""));
  EXPECT_THAT(error_of(lines({R"({"process":1,"type":"invoke"})"})), HasSubstr("no \"f\""));
  EXPECT_THAT(error_of(lines({R"({"process":1,"type":"invoke","f":"read","time":"x"})"})),
              HasSubstr("expected whole nanoseconds"));
}

TEST(JsonLines, ProcessWithAName_IsSkipped) {
  const History history =
      read(lines({R"({"process":"nemesis","type":"info","f":"kill","value":"n1"})",
                  R"({"process":1,"type":"invoke","f":"read"})"}));
  EXPECT_EQ(history.counts.operations, 1u);
}

TEST(JsonLines, Index_IsTheOrderAndNotTheLine) {
  const History history = read(lines({kOk, kInvoke}));
  EXPECT_EQ(history.counts.ok, 1u);
}

TEST(JsonLines, IndexTwice_IsMalformed) {
  EXPECT_THAT(error_of(lines({kInvoke, kInvoke})), HasSubstr("index 0 a second time"));
}

TEST(JsonLines, IndexOnSomeLinesOnly_IsMalformed) {
  EXPECT_THAT(error_of(lines({kInvoke, R"({"process":2,"type":"invoke","f":"read"})"})),
              HasSubstr("no \"index\""));
}

TEST(JsonLines, SparseIndex_IsKeptForPeople) {
  const History history = read(lines({R"({"index":10,"process":1,"type":"invoke","f":"read"})",
                                      R"({"index":20,"process":1,"type":"ok","f":"read"})"}));
  EXPECT_EQ(history.index_of(history.operations[0].invoke), 10u);
  EXPECT_EQ(history.index_of(history.operations[0].complete), 20u);
}

TEST(JsonLines, HeaderOfAnotherVersion_IsMalformed) {
  EXPECT_THAT(error_of("{\"capsize-history\":2}\n"), HasSubstr("expected version 1"));
}

TEST(JsonLines, HeaderInTheMiddle_IsNoHeader) {
  const History history = read(lines({kInvoke, R"({"capsize-history":1,"model":"kv"})"}));
  EXPECT_EQ(history.header_model, "");
  EXPECT_THAT(history.notes, ElementsAre(HasSubstr("1 lines skipped")));
}

TEST(JsonLines, NumbersThatAreEqual_AreOneValue) {
  const History history = read(lines({R"({"process":1,"type":"invoke","f":"write","value":1})",
                                      R"({"process":2,"type":"invoke","f":"write","value":1.0})",
                                      R"({"process":3,"type":"invoke","f":"write","value":"1"})"}));
  EXPECT_EQ(history.operations[0].argument, history.operations[1].argument);
  EXPECT_NE(history.operations[0].argument, history.operations[2].argument);
}

TEST(JsonLines, KeysThatLookAlike_AreTwo) {
  const History history = read(lines({R"({"process":1,"type":"invoke","f":"read","key":1})",
                                      R"({"process":2,"type":"invoke","f":"read","key":"1"})"}));
  EXPECT_EQ(history.counts.keys, 2u);
}

TEST(JsonLines, LinesLongerThanABlock_AreReadWhole) {
  const std::string value(3 << 20, 'v');
  const History history = read(R"({"process":1,"type":"invoke","f":"write","value":")" + value +
                               "\"}\n" + R"({"process":2,"type":"invoke","f":"read"})" + "\n");
  ASSERT_EQ(history.counts.operations, 2u);
  EXPECT_EQ(history.values.as_text(history.operations[0].argument).size(), value.size());
}

TEST(JsonLines, UnknownFirstLine_NamesTheKnownFormats) {
  EXPECT_THAT(error_of("hello\n"), HasSubstr("csv, edn, intervals, jepsen-log, jsonl"));
}

}  // namespace
}  // namespace capsize::checker
