// Options of the reader: other names, one key alone, lenience.
#include "checker/history/read_options.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "checker/check/check.h"

namespace capsize::checker {
namespace {

using ::testing::HasSubstr;

std::variant<History, std::string> load(const std::string& text, const ReadOptions& options) {
  LoadResult loaded = load_history_text(text, {.reading = options}, "h");
  if (auto* malformed = std::get_if<Malformed>(&loaded)) return malformed->message();
  return std::get<History>(std::move(loaded));
}

History read(const std::string& text, const ReadOptions& options) {
  auto loaded = load(text, options);
  if (auto* error = std::get_if<std::string>(&loaded)) {
    ADD_FAILURE() << *error;
    return {};
  }
  return std::get<History>(std::move(loaded));
}

std::string error_of(const std::string& text, const ReadOptions& options) {
  const auto loaded = load(text, options);
  const auto* error = std::get_if<std::string>(&loaded);
  return error == nullptr ? "(no error)" : *error;
}

ReadOptions mapped(std::initializer_list<const char*> rules) {
  ReadOptions options;
  for (const char* rule : rules) EXPECT_EQ(options.vocabulary.add(rule), std::nullopt) << rule;
  return options;
}

std::string event(int process, const char* type, const char* value, const char* key = "x") {
  return "{\"process\":" + std::to_string(process) + ",\"type\":\"" + type +
         "\",\"f\":\"write\",\"key\":\"" + key + "\",\"value\":" + value + "}\n";
}

TEST(Vocabulary, RulesOfTheCommandLine_RenameFieldsFunctionsAndTypes) {
  Vocabulary names;
  EXPECT_EQ(names.add("key=k"), std::nullopt);
  EXPECT_EQ(names.add("f.put=write"), std::nullopt);
  EXPECT_EQ(names.add("type.done=ok"), std::nullopt);
  EXPECT_EQ(names.field("k"), "key");
  EXPECT_EQ(names.field("key"), "") << "its own name means something else now";
  EXPECT_EQ(names.field("value"), "value");
  EXPECT_EQ(names.function("put"), "write");
  EXPECT_EQ(names.function("get"), "get");
  EXPECT_EQ(names.type("done"), "ok");
  EXPECT_EQ(names.in_file("key"), "k");
}

TEST(Vocabulary, BrokenRule_SaysWhatWasFoundAndExpected) {
  for (const char* rule : {"", "key", "=k", "key=", "colour=c", "type.done=fine"}) {
    const auto problem = Vocabulary().add(rule);
    ASSERT_TRUE(problem) << rule;
    EXPECT_THAT(*problem, HasSubstr("expected")) << rule;
  }
}

// The same history in three ways to write it down, under names of its own.
TEST(ReadOptions, MappedNames_AreUnderstoodInEveryFormat) {
  const auto options = mapped({"key=k", "f.put=write", "type.done=ok", "process=client"});
  for (const char* text :
       {"{\"client\":1,\"type\":\"invoke\",\"f\":\"put\",\"k\":\"x\",\"value\":5}\n"
        "{\"client\":1,\"type\":\"done\",\"f\":\"put\",\"k\":\"x\",\"value\":5}\n",
        "{\"client\": 1, \"type\": \"invoke\", \"f\": \"put\", \"k\": \"\\u0078\", \"value\": 5}\n"
        "{\"client\": 1, \"type\": \"done\", \"f\": \"put\", \"k\": \"x\", \"value\": 5}\n",
        "{:client 1, :type :invoke, :f :put, :k \"x\", :value 5}\n"
        "{:client 1, :type :done, :f :put, :k \"x\", :value 5}\n"}) {
    const History history = read(text, options);
    ASSERT_EQ(history.operations.size(), 1u) << text;
    EXPECT_EQ(history.operations[0].function, kWrite);
    EXPECT_EQ(history.operations[0].outcome, Outcome::kOk);
    EXPECT_EQ(history.operations[0].process, 1);
    EXPECT_EQ(history.keys[history.operations[0].key], "x");
  }
}

TEST(ReadOptions, MissingMappedField_IsNamedAsTheFileShouldHaveIt) {
  EXPECT_THAT(
      error_of("{\"process\":1,\"type\":\"invoke\",\"f\":\"read\"}\n", mapped({"process=client"})),
      HasSubstr("no \"client\""));
}

TEST(ReadOptions, OneKey_LeavesOutTheOthers) {
  const std::string text = event(1, "invoke", "1") + event(2, "invoke", "2", "y") +
                           event(1, "ok", "1") + event(2, "ok", "2", "y");
  const History history = read(text, {.key = "y"});
  ASSERT_EQ(history.operations.size(), 1u);
  EXPECT_EQ(history.operations[0].process, 2);
  EXPECT_EQ(history.counts.keys, 1u);
  EXPECT_EQ(history.counts.processes, 1u);
  EXPECT_EQ(history.of_key(0).size(), 1u);
  EXPECT_EQ(error_of(text, {.key = "z"}),
            "h: found no key \"z\", expected one of its 2 keys: x, y");
}

TEST(ReadOptions, Lenient_SkipsAndCountsLines) {
  const std::string text =
      event(1, "invoke", "1") + "what is this\n" + event(1, "ok", "1") + "{\"process\":7}\n";
  EXPECT_THAT(error_of(text, {}), HasSubstr("h:2:1"));
  const History history = read(text, {.lenient = true});
  EXPECT_EQ(history.counts.ok, 1u);
  EXPECT_EQ(history.skipped.count, 2u);
  EXPECT_THAT(history.skipped.first, HasSubstr("h:2:1"));
}

// What is taken from events that break a rule only ever widens an interval.
TEST(ReadOptions, Lenient_BrokenRulesLeaveOperationsIndeterminate) {
  const std::string text = event(1, "invoke", "1") +   // its completion is missing
                           event(1, "invoke", "2") +   //
                           event(1, "info", "2") +     //
                           event(1, "invoke", "3") +   // used again after info
                           event(1, "ok", "3", "y") +  // completes something else
                           event(1, "ok", "3") +       // and now nothing is open
                           event(1, "invoke", "4") + event(1, "ok", "4");
  const History history = read(text, {.lenient = true});
  EXPECT_EQ(history.skipped.count, 4u);
  ASSERT_EQ(history.operations.size(), 4u);
  EXPECT_EQ(history.counts.info, 3u);
  EXPECT_EQ(history.operations[3].outcome, Outcome::kOk);
}

TEST(Vocabulary, PathWithDots_ReachesFieldsWithinOthers) {
  const auto options = mapped({"process=who.id", "f=request.op", "key=request.key",
                               "value=request.body.value", "f.2=write"});
  const auto event_of = [](const char* type) {
    return fmt::format(R"({{"who":{{"id":4}},"type":"{}","request":{{"op":"write","key":"a",)"
                       R"("body":{{"value":7}}}}}})",
                       type) +
           "\n";
  };
  const History events = read(event_of("invoke") + event_of("ok"), options);
  ASSERT_EQ(events.operations.size(), 1u);
  EXPECT_EQ(events.keys, std::vector<std::string>{"a"});
  EXPECT_EQ(events.operations[0].process, 4);
  EXPECT_EQ(events.values.json(events.operations[0].argument), "7");

  const History intervals =
      read(R"({"who":{"id":4},"request":{"op":2,"key":"a","body":{"value":7}},"start":1,"end":2})",
           options);
  EXPECT_EQ(intervals.format, "intervals");
  EXPECT_EQ(intervals.operations[0].function, kWrite);
  EXPECT_EQ(intervals.values.json(intervals.operations[0].argument), "7");

  const History edn = read(
      "{:who {:id 4} :type :invoke :request {:op :write, :key \"a\", :body {:value 7}}}\n"
      "{:who {:id 4} :type :ok :request {:op :write, :key \"a\"}}\n",
      options);
  ASSERT_EQ(edn.operations.size(), 1u);
  EXPECT_EQ(edn.values.json(edn.operations[0].argument), "7");
}

TEST(Vocabulary, NameThatHasTheDotItself_ComesBeforeThePath) {
  const auto options = mapped({"key=in.key"});
  const std::string rest = R"(,"f":"write","value":1,"start":1,"end":2})";
  EXPECT_EQ(read(R"({"in":{"key":"inner"},"in.key":"own")" + rest, options).keys,
            std::vector<std::string>{"own"});
  EXPECT_EQ(read(R"({"in":{"key":"inner"})" + rest, options).keys,
            std::vector<std::string>{"inner"});
  EXPECT_EQ(read(R"({"in":5)" + rest, options).keys, std::vector<std::string>{""});
  EXPECT_THAT(error_of(R"({"a":{"b":-1},"f":"write"})", mapped({"start=a.b"})),
              HasSubstr("h:1:11: found \"a.b\": -1"));
}

}  // namespace
}  // namespace capsize::checker
