// The checker as a library, through its public header.
#include "checker/facade/checker.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <stdexcept>

namespace capsize {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using State = std::optional<Value>;

std::string event(std::int64_t process, const char* type, const char* function,
                  const std::string& value) {
  return fmt::format(R"({{"process":{},"type":"{}","f":"{}","key":"x","value":{}}})"
                     "\n",
                     process, type, function, value);
}

// One operation after the other, each by a process of its own.
class Sequence {
 public:
  Sequence& then(const char* function, const std::string& asked, const std::string& answered) {
    text_ += event(process_, "invoke", function, asked) + event(process_, "ok", function, answered);
    ++process_;
    return *this;
  }
  Sequence& indeterminate(const char* function, const std::string& asked) {
    text_ += event(process_, "invoke", function, asked) + event(process_, "info", function, asked);
    ++process_;
    return *this;
  }
  Sequence& failed(const char* function, const std::string& asked) {
    text_ += event(process_, "invoke", function, asked) + event(process_, "fail", function, asked);
    ++process_;
    return *this;
  }
  operator std::string_view() const { return text_; }

 private:
  std::string text_;
  int process_ = 0;
};

Model semaphore(std::int64_t permits) {
  return {.name = "permits",
          .initial = permits,
          .functions = {{"acquire",
                         [](const Value& free, const Value&, const auto&) -> State {
                           if (free == 0) return std::nullopt;
                           return free.integer() - 1;
                         }},
                        {"release", [](const Value& free, const Value&, const auto&) -> State {
                           return free.integer() + 1;
                         }}}};
}

Model own_register() {
  return {.name = "own-register",
          .initial = {},
          .functions = {{"read",
                         [](const Value& state, const Value&, const auto& answered) {
                           return answered == state ? State(state) : std::nullopt;
                         },
                         true},
                        {"write", [](const Value&, const Value& asked, const auto&) {
                           return State(asked);
                         }}}};
}

TEST(Facade, Models_AreRegistered_InTheLibraryToo) {
  EXPECT_THAT(models(), Contains("cas-register"));
  EXPECT_THAT(models(), Contains("fifo-queue"));
  EXPECT_THAT(formats(), Contains("jsonl"));
}

TEST(Facade, CheckText_StaleRead_NamesAnomalyAndOperations) {
  const Report report = check_text(Sequence()
                                       .then("write", "1", "1")
                                       .then("write", "2", "2")
                                       .then("read", "null", "2")
                                       .then("read", "null", "1"),
                                   {.model = "register"});
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_EQ(exit_code(report.verdict), 1);
  EXPECT_EQ(report.counts.operations, 4u);
  EXPECT_EQ(report.model, "register");
  ASSERT_THAT(report.violations, SizeIs(1));
  const Violation& violation = report.violations.front();
  EXPECT_EQ(violation.key, "x");
  EXPECT_EQ(report.reason, violation.sentence);
  ASSERT_FALSE(violation.operations.empty());
  const Operation& last = violation.operations.back();
  EXPECT_EQ(last.function, "read");
  EXPECT_EQ(last.value, "1");
  EXPECT_EQ(last.process, 3);
  EXPECT_EQ(last.outcome, Outcome::kOk);
}

TEST(Facade, CheckFile_MissingFile_IsAUsageErrorThatNamesIt) {
  const Report report = check_file("/nonexistent/history.jsonl");
  EXPECT_EQ(report.verdict, Verdict::kUsageError);
  EXPECT_THAT(report.reason, HasSubstr("/nonexistent/history.jsonl"));
  EXPECT_EQ(exit_code(report.verdict), 254);
}

TEST(Facade, Options_NamesKeyAndInitial_ArePassedOn) {
  const std::string history = R"({"client":1,"type":"invoke","f":"get","k":"a","value":null})"
                              "\n"
                              R"({"client":1,"type":"ok","f":"get","k":"a","value":7})"
                              "\n";
  Options options{.model = "register", .names = {"process=client", "key=k", "f.get=read"}};
  EXPECT_EQ(check_text(history, options).verdict, Verdict::kInvalid);
  options.initial = "7";
  EXPECT_EQ(check_text(history, options).verdict, Verdict::kValid);
  options.key = "b";
  EXPECT_THAT(check_text(history, options).reason, HasSubstr("\"b\""));
  options.names = {"nonsense"};
  EXPECT_EQ(check_text(history, options).verdict, Verdict::kUsageError);
}

TEST(Facade, Options_TimeUnitIndependentAndSequence_ArePassedOn) {
  const std::string seconds = "f,value,start,end\nwrite,1,0.25,0.5\nread,2,0.75,1\n";
  EXPECT_EQ(check_text(seconds).verdict, Verdict::kUsageError);
  EXPECT_EQ(check_text(seconds, {.time_unit = std::chrono::seconds(1)}).verdict, Verdict::kInvalid);
  EXPECT_EQ(check_text(seconds, {.time_unit = std::chrono::seconds(0)}).verdict,
            Verdict::kUsageError);
  const std::string completions = R"({"process":1,"type":"ok","f":"write","value":["a",1]})"
                                  "\n"
                                  R"({"process":1,"type":"ok","f":"read","value":["a",1]})"
                                  "\n";
  EXPECT_EQ(check_text(completions).verdict, Verdict::kUsageError);
  const Report split = check_text(completions, {.independent = true, .sequence = true});
  EXPECT_EQ(split.verdict, Verdict::kValid) << split.reason;
  EXPECT_THAT(split.notes, ::testing::Contains(HasSubstr("1 keys")));
}

TEST(OwnModel, Semaphore_MoreHoldersThanPermits_IsInvalid) {
  const auto three = Sequence()
                         .then("acquire", "null", "null")
                         .then("acquire", "null", "null")
                         .then("acquire", "null", "null");
  const Model two_permits = semaphore(2);
  const Model three_permits = semaphore(3);
  const Report report = check_text(three, {.own_model = &two_permits});
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_EQ(report.model, "permits");
  ASSERT_THAT(report.violations, SizeIs(1));
  EXPECT_THAT(report.violations[0].operations, SizeIs(3));
  EXPECT_EQ(check_text(three, {.own_model = &three_permits}).verdict, Verdict::kValid);
  EXPECT_EQ(check_text(three, {.own_model = &two_permits, .initial = "4"}).verdict,
            Verdict::kValid);
}

TEST(OwnModel, IndeterminateAndFailedOperations_MayAndNeverHappen) {
  const Model one_permit = semaphore(1);
  auto saved = Sequence().then("acquire", "null", "null").indeterminate("release", "null");
  EXPECT_EQ(check_text(saved.then("acquire", "null", "null"), {.own_model = &one_permit}).verdict,
            Verdict::kValid);
  auto lost = Sequence().then("acquire", "null", "null").failed("release", "null");
  EXPECT_EQ(check_text(lost.then("acquire", "null", "null"), {.own_model = &one_permit}).verdict,
            Verdict::kInvalid);
}

// States and answers of every kind survive the way into the search and back.
TEST(OwnModel, StatesOfEveryKind_AreKeptApart) {
  const Model model = own_register();
  const char* const kValues[] = {"null", "0",     "-5000000000",    "\"\"", "\"0\"", "\"five5\"",
                                 "[]",   "[[1]]", "[\"a\",null,2]", "true", "1.5",   "{\"a\":1}"};
  for (const char* written : kValues) {
    for (const char* read : kValues) {
      const auto history = Sequence().then("write", written, written).then("read", "null", read);
      const Report report = check_text(history, {.own_model = &model});
      const bool same = std::string_view(written) == read;
      EXPECT_EQ(report.verdict, same ? Verdict::kValid : Verdict::kInvalid)
          << written << " " << read << " " << report.reason;
    }
  }
}

// Several operations open at once, a few indeterminate ones, few different values.
std::string random_history(std::mt19937_64& random) {
  const auto below = [&](std::uint64_t bound) { return random() % bound; };
  std::string text;
  std::vector<std::pair<std::int64_t, bool>> open;  // process, whether it reads
  std::int64_t next_process = 0;
  for (int i = 0; i < 24; ++i) {
    if (open.size() < 4 && below(2) == 0) {
      const bool reads = below(2) == 0;
      text += event(next_process, "invoke", reads ? "read" : "write",
                    reads ? "null" : std::to_string(below(3)));
      open.emplace_back(next_process++, reads);
    } else if (!open.empty()) {
      const auto at = open.begin() + static_cast<std::ptrdiff_t>(below(open.size()));
      const bool reads = at->second;
      const std::string answer = reads ? std::to_string(below(3)) : "null";
      text += event(at->first, below(6) == 0 ? "info" : "ok", reads ? "read" : "write", answer);
      open.erase(at);
    }
  }
  return text;
}

TEST(OwnModel, Register_RandomHistories_AgreesWithTheBuiltInOne) {
  const Model model = own_register();
  std::mt19937_64 random(20261129);
  int valid = 0;
  int invalid = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string history = random_history(random);
    const Report built_in = check_text(history, {.model = "register"});
    const Report own = check_text(history, {.own_model = &model});
    ASSERT_EQ(own.verdict, built_in.verdict) << history << own.reason << built_in.reason;
    ++(own.verdict == Verdict::kValid ? valid : invalid);
  }
  EXPECT_GT(valid, 50);
  EXPECT_GT(invalid, 50);
}

TEST(OwnModel, WhatIsWrongWithIt_IsAUsageError) {
  const auto reason_of = [](const Model& model) {
    const Report report =
        check_text(Sequence().then("read", "null", "null"), {.own_model = &model});
    EXPECT_EQ(report.verdict, Verdict::kUsageError);
    return report.reason;
  };
  Model model = own_register();
  model.name = "register";
  EXPECT_THAT(reason_of(model), HasSubstr("no built-in model has"));
  model = own_register();
  model.functions.push_back(model.functions.front());
  EXPECT_THAT(reason_of(model), HasSubstr("two functions \"read\""));
  model.functions.clear();
  EXPECT_THAT(reason_of(model), HasSubstr("0 functions"));
  EXPECT_THAT(reason_of(semaphore(1)), HasSubstr("found function \"read\""));
}

TEST(OwnModel, Exceptions_PassThrough) {
  const auto history = Sequence().then("write", "1", "1").then("read", "null", "1");
  Model model = own_register();
  model.functions[1].effect = [](const Value&, const Value& asked, const auto&) -> State {
    return asked.list().front();
  };
  EXPECT_THROW((void)check_text(history, {.own_model = &model}), std::invalid_argument);
  model = own_register();
  model.functions[1].read_only = true;  // it is not
  EXPECT_THROW((void)check_text(history, {.own_model = &model}), std::invalid_argument);
}

TEST(OwnModel, TimeLimit_EndsTheSearchAsUnknown) {
  std::string history;
  for (int process = 0; process < 40; ++process) {
    history += event(process, "invoke", "write", std::to_string(process % 7));
  }
  history += event(40, "invoke", "read", "null") + event(40, "ok", "read", "99");
  for (int process = 0; process < 40; ++process) history += event(process, "ok", "write", "null");
  const Model model = own_register();
  const Report report =
      check_text(history, {.own_model = &model, .time_limit = std::chrono::milliseconds(50)});
  EXPECT_EQ(report.verdict, Verdict::kUnknown);
  EXPECT_THAT(report.reason, HasSubstr("bound"));
  EXPECT_THAT(report.violations, IsEmpty());
}

TEST(Value, Accessors_OfAnotherKind_ThrowWithTheValue) {
  EXPECT_EQ(Value(3).integer(), 3);
  EXPECT_EQ(Value(std::vector<Value>{1, "a"}).json(), R"([1,"a"])");
  EXPECT_THROW((void)Value("a").integer(), std::invalid_argument);
  EXPECT_THROW((void)Value(true).text(), std::invalid_argument);
  EXPECT_THROW((void)Value().list(), std::invalid_argument);
}

}  // namespace
}  // namespace capsize
