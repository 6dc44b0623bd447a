// Every history in every format and back: the same operations, in the same order, with the same
// verdict. What a format cannot hold it names.
#include "checker/convert/convert.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "checker/check/check.h"
#include "tests/checker/random_history.h"

namespace capsize::checker {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::Random;

History read(const std::string& text, ReadOptions options = {}) {
  LoadResult loaded = load_history_text(text, {.reading = std::move(options)}, "h");
  if (auto* malformed = std::get_if<Malformed>(&loaded)) {
    ADD_FAILURE() << malformed->message() << "\n" << text;
    return {};
  }
  return std::get<History>(std::move(loaded));
}

std::pair<std::string, Conversion> write(const History& history, std::string_view format) {
  std::string text;
  Conversion conversion =
      find_writer(format)->write(history, [&](std::string_view piece) { text += piece; });
  return {text, conversion};
}

// All that a history says, and nothing of how it was written: the events in their order, by what
// decides.
std::vector<std::string> essence(const History& history, bool with_times) {
  std::map<Position, std::string> events;
  for (const Operation& operation : history.operations) {
    const bool observes = operation.outcome == Outcome::kOk &&
                          !(operation.function >= kWrite && operation.function <= kDelete);
    const ValueId argument = operation.function == kRead ? kNullValue : operation.argument;
    const std::string what =
        fmt::format("{} {} {}:{} {} -> {} {} {}", operation.process,
                    history.functions[operation.function], bool(history.key_is_text[operation.key]),
                    history.keys[operation.key], history.values.json(argument),
                    observes ? history.values.json(operation.result) : std::string("-"),
                    name(operation.outcome), operation.mismatch);
    const auto time = [&](std::int64_t at) {
      return with_times ? fmt::format(" at {}", at) : std::string();
    };
    events[operation.invoke] = "begin " + what + time(operation.invoke_time);
    if (operation.complete != kNever) {
      events[operation.complete] = "end " + what + time(operation.complete_time);
    }
  }
  std::vector<std::string> out;
  for (const auto& [position, event] : events) out.push_back(event);
  return out;
}

// What the functions of a model ask and answer, by the letters of `values_for`.
struct Function {
  const char* name;
  char asks;
  char answers;
};
struct Workload {
  const char* model;
  std::vector<Function> functions;
};

const std::vector<Workload> kWorkloads = {
    {"register", {{"read", '-', 'v'}, {"write", 'v', '='}}},
    {"cas-register", {{"read", '-', 'n'}, {"write", 'n', '='}, {"cas", 'p', '='}}},
    {"kv", {{"read", '-', 't'}, {"write", 't', '='}, {"append", 't', '='}, {"delete", '-', '='}}},
    {"list", {{"append", 'n', '='}, {"read", '-', 'l'}}},
    {"set", {{"add", 'n', '='}, {"remove", 'n', '='}, {"contains", 'n', 'c'}, {"read", '-', 'l'}}},
    {"counter", {{"add", 'n', '='}, {"read", '-', 'n'}}},
    {"fifo-queue", {{"enqueue", 'n', '='}, {"dequeue", '-', 'n'}}},
    {"bag", {{"enqueue", 'n', '='}, {"dequeue", '-', 'n'}}},
    {"stack", {{"push", 'n', '='}, {"pop", '-', 'n'}}},
    {"mutex", {{"acquire", '-', '='}, {"release", '-', '='}}},
    {"multi-register", {{"txn", 'x', 'x'}}},
};

std::string some_value(char letter, Random& random) {
  static const std::vector<std::string> kTexts = {
      R"("a")",           R"("5")",   R"("")",           R"("null")", R"("two words")",
      R"("say \"x\"")",   R"("a,b")", R"("line\nfeed")", R"("\\")",   R"("gr\u00fc\u00df")",
      R"("\u0000\u001b")"};
  static const std::vector<std::string> kOthers = {"null",  "true",        "1.5",      "[]",
                                                   "[1,2]", "[[1],\"x\"]", "[null,-3]"};
  const auto below = [&](const auto& of) {
    return random.below(static_cast<std::uint32_t>(of.size()));
  };
  const int number = static_cast<int>(random.below(5));
  switch (letter) {
    case 'n':
      return std::to_string(number - 1);
    case 't':
      return kTexts[below(kTexts)];
    case 'p':
      return fmt::format("[{},{}]", number, random.below(5));
    case 'c':
      return fmt::format("[{},{}]", number, random.chance(50));
    case 'l':
      return number == 0 ? "[]" : fmt::format("[{},{}]", number, number + 1);
    case 'x':
      return fmt::format(R"([["r","a",{}],["w","b",{}]])", number, random.below(5));
    case 'v':
      return random.chance(40)   ? std::to_string(number)
             : random.chance(50) ? kTexts[below(kTexts)]
                                 : kOthers[below(kOthers)];
    default:
      return "null";
  }
}

// A legal file of events with anything in it; the history hardly ever is linearizable.
std::string random_history(const Workload& workload, bool one_key, Random& random) {
  static const std::vector<std::string> kKeys = {R"("x")", "1", R"("1")", R"("a b,c")", R"("")"};
  std::string text = fmt::format("{{\"capsize-history\":1,\"model\":\"{}\"}}\n", workload.model);
  std::map<int, std::pair<std::string, const Function*>> open;
  int next_process = 0;
  int time = 0;
  for (int i = 0; i < 24; ++i) {
    time += 1 + static_cast<int>(random.below(9));
    const auto line = [&](int process, const char* type, const std::string& rest,
                          const std::string& value) {
      text += fmt::format(
          "{{\"time\":{},\"process\":{},\"type\":\"{}\",{},\"value\":{}{}}}\n", time, process, type,
          rest, value,
          type == std::string("fail") && random.chance(50) ? ",\"error\":\"mismatch\"" : "");
    };
    if (open.size() < 4 && random.chance(55)) {
      const auto& function =
          workload.functions[random.below(static_cast<std::uint32_t>(workload.functions.size()))];
      std::string rest = fmt::format("\"f\":\"{}\"", function.name);
      if (!one_key)
        rest += ",\"key\":" + kKeys[random.below(static_cast<std::uint32_t>(kKeys.size()))];
      open[next_process] = {rest, &function};
      line(next_process++, "invoke", rest, some_value(function.asks, random));
    } else if (!open.empty()) {
      const auto chosen =
          std::next(open.begin(), random.below(static_cast<std::uint32_t>(open.size())));
      const auto [process, operation] = *chosen;
      const char* const type = random.chance(70) ? "ok" : random.chance(50) ? "fail" : "info";
      line(process, type, operation.first, some_value(operation.second->answers, random));
      open.erase(chosen);
    }
  }
  return text;
}

void expect_same_through(const History& original, std::string_view first, std::string_view second,
                         const std::string& model) {
  const bool log = first == "jepsen-log" || second == "jepsen-log";
  const auto [text, conversion] = write(original, first);
  ASSERT_EQ(conversion.refusal, std::nullopt) << first;
  const History between = read(text, {.format = std::string(first)});
  const auto [again, last] = write(between, second);
  ASSERT_EQ(last.refusal, std::nullopt) << second;
  const History end = read(again, {.format = std::string(second)});
  ASSERT_EQ(essence(end, !log), essence(original, !log)) << first << " " << second << "\n" << again;
  CheckOptions options{.model = model, .failed_cas = FailedCas::kIgnored};
  ASSERT_EQ(name(check_history(end, options).verdict),
            name(check_history(original, options).verdict));
}

TEST(ConvertRandom, EveryModelThroughEveryPairOfFormats_StaysTheSame) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    for (const Workload& workload : kWorkloads) {
      Random random(seed);
      const History original = read(random_history(workload, false, random));
      for (const std::string_view first : {"jsonl", "intervals", "csv", "edn"}) {
        for (const std::string_view second : {"jsonl", "intervals", "csv", "edn"}) {
          expect_same_through(original, first, second, workload.model);
          if (HasFatalFailure()) FAIL() << workload.model << " seed " << seed;
        }
      }
    }
  }
}

// A console log has one key, and all its failed cas saw another value.
TEST(ConvertRandom, OneKeyThroughTheConsoleLog_StaysTheSame) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    for (const Workload& workload : kWorkloads) {
      if (workload.model == std::string("cas-register")) continue;
      Random random(seed);
      History original = read(random_history(workload, true, random));
      for (Operation& operation : original.operations) operation.mismatch = false;
      expect_same_through(original, "jepsen-log", "jsonl", workload.model);
      if (HasFatalFailure()) FAIL() << workload.model << " seed " << seed;
    }
  }
}

const std::string kTwoWrites =
    "{\"time\":5,\"process\":1,\"type\":\"invoke\",\"f\":\"write\",\"key\":\"x\",\"value\":1}\n"
    "{\"time\":5,\"process\":1,\"type\":\"ok\",\"f\":\"write\",\"key\":\"x\",\"value\":1}\n"
    "{\"time\":5,\"process\":1,\"type\":\"invoke\",\"f\":\"write\",\"key\":\"x\",\"value\":2}\n";

TEST(Convert, TimesThatDoNotGiveTheOrder_AreReplacedAndNamed) {
  const History original = read(kTwoWrites);
  const auto [text, conversion] = write(original, "csv");
  EXPECT_THAT(conversion.lost, Contains(HasSubstr("the times")));
  EXPECT_EQ(essence(read(text), false), essence(original, false));
}

TEST(Convert, WhatTheTargetCannotHold_IsNamed) {
  const History history = read(
      "{\"capsize-history\":1,\"model\":\"cas-register\",\"initial\":3}\n"
      "{\"time\":1,\"process\":1,\"type\":\"invoke\",\"f\":\"cas\",\"key\":\"x\",\"value\":[1,2]}\n"
      "{\"time\":2,\"process\":1,\"type\":\"fail\",\"f\":\"cas\",\"key\":\"x\",\"value\":[1,2]}\n");
  EXPECT_TRUE(write(history, "jsonl").second.lost.empty());
  EXPECT_TRUE(write(history, "intervals").second.lost.empty());
  EXPECT_THAT(
      write(history, "csv").second.lost,
      ::testing::ElementsAre(HasSubstr("--model cas-register"), HasSubstr("--initial '3'")));
  const auto lost = write(history, "jepsen-log").second.lost;
  EXPECT_THAT(lost, Contains(HasSubstr("the times")));
  EXPECT_THAT(lost, Contains(HasSubstr("the name of the key, x")));
  EXPECT_THAT(lost, Contains(HasSubstr("1 cas that failed")));
}

TEST(Convert, HistoryThatWouldTurnIntoAnother_IsRefused) {
  const std::string line =
      "{\"process\":1,\"type\":\"invoke\",\"f\":\"write\",\"key\":{\"a\":1},\"value\":1}\n";
  const auto [text, conversion] = write(read(line), "edn");
  EXPECT_THAT(conversion.refusal.value_or(""), HasSubstr("JSON objects"));
  EXPECT_EQ(text, "");
  const History two = read(
      "{\"process\":1,\"type\":\"invoke\",\"f\":\"write\",\"key\":\"x\",\"value\":1}\n"
      "{\"process\":2,\"type\":\"invoke\",\"f\":\"write\",\"key\":\"y\",\"value\":1}\n");
  EXPECT_THAT(write(two, "jepsen-log").second.refusal.value_or(""), HasSubstr("2 keys"));
}

// The first bytes of a file decide whether it is text: in EDN the name of the first client is among
// them.
TEST(Convert, ControlCharactersInNames_StayReadable) {
  for (const char* name : {"\\u0000\\u0001b", "a\\u001b[2J", "\\u0000"}) {
    const History original =
        read(fmt::format("{{\"process\":\"{}\",\"type\":\"invoke\",\"f\":\"write\",\"key\":\"{}\","
                         "\"value\":\"{}\"}}\n",
                         name, name, name));
    for (const char* format : {"edn", "jsonl", "intervals", "csv"}) {
      const auto [text, conversion] = write(original, format);
      ASSERT_FALSE(conversion.refusal) << format;
      EXPECT_EQ(essence(read(text), false), essence(original, false)) << format << "\n" << text;
    }
  }
}

TEST(Convert, WidenedIntervalsOfOneProcess_GetProcessesOfTheirOwn) {
  const std::string text = "process,f,value,start,end\n1,write,1,0,10\n1,write,2,10,20\n";
  const History history = read(text, {.clock_error = std::chrono::nanoseconds(3)});
  const auto [events, conversion] = write(history, "jsonl");
  EXPECT_THAT(conversion.lost, Contains(HasSubstr("the process of 1 operations")));
  EXPECT_EQ(read(events).counts.ok, 2u);
}

TEST(Convert, CompletionOfAnIndeterminateOperation_KeepsItsPlaceInTime) {
  const std::string text =
      "{\"index\":0,\"time\":1,\"process\":1,\"type\":\"invoke\",\"f\":\"write\",\"key\":\"x\","
      "\"value\":1}\n"
      "{\"index\":1,\"time\":2,\"process\":2,\"type\":\"invoke\",\"f\":\"read\",\"key\":\"x\","
      "\"value\":null}\n"
      "{\"index\":2,\"time\":3,\"process\":1,\"type\":\"info\",\"f\":\"write\",\"key\":\"x\","
      "\"value\":1}\n"
      "{\"index\":3,\"time\":4,\"process\":2,\"type\":\"ok\",\"f\":\"read\",\"key\":\"x\","
      "\"value\":1}\n";
  EXPECT_EQ(write(read(text), "jsonl").first, text);
}

}  // namespace
}  // namespace capsize::checker
