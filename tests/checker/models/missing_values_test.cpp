// Every model reaches a verdict for operations whose values are missing or of an unexpected kind,
// and for histories in which most operations failed or are indeterminate.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "checker/check/check.h"
#include "checker/search/search_problem.h"
#include "checker/specification/key_problem.h"
#include "checker/specification/state_table.h"
#include "tests/checker/random_history.h"

namespace capsize::checker {
namespace {

using testing::Random;

class MissingValues : public ::testing::TestWithParam<std::string> {};

std::vector<ValueId> some_values(ValueTable& values) {
  const ValueId one = values.integer(1);
  const ValueId text = values.text("a");
  const std::array<ValueId, 3> write = {values.text("w"), text, one};
  const std::array<ValueId, 2> pair = {one, text};
  const ValueId step = values.list(write);
  return {kNoValue,
          kNullValue,
          kEmptyList,
          one,
          text,
          values.list(pair),
          step,
          values.list(std::array{step}),
          values.raw("1.5"),
          values.integer(-7)};
}

// The codes that the model gives to its functions.
std::vector<std::uint8_t> codes_of(const Model& model, const ValueTable& values) {
  History history;
  history.values = values;
  for (const char* known : {"read", "write", "cas", "append", "delete"}) {
    history.functions.emplace_back(known);
  }
  for (const std::string_view name : model.functions) history.functions.emplace_back(name);
  std::vector<std::uint8_t> codes;
  for (FunctionId function = 0; function < history.functions.size(); ++function) {
    for (const Outcome outcome : {Outcome::kOk, Outcome::kFail, Outcome::kInfo}) {
      for (ValueId value = 0; value < values.size(); ++value) {
        Operation operation{.argument = value, .result = value, .function = function};
        operation.outcome = outcome;
        codes.push_back(model.decode(history, operation, {}).operation.code);
      }
    }
  }
  return codes;
}

TEST_P(MissingValues, NeedsAndStep_TakeAnyOperation) {
  const Model& model = *find_model(GetParam());
  ValueTable values;
  const auto choice = some_values(values);
  const auto codes = codes_of(model, values);
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    Random random(seed);
    const auto any = [&] {
      return choice[random.below(static_cast<std::uint32_t>(choice.size()))];
    };
    const auto operation = [&] {
      KeyOperation one;
      one.code = codes[random.below(static_cast<std::uint32_t>(codes.size()))];
      one.pure = random.chance(30);
      one.argument = any();
      if (one.code < kFirstPartialCode) one.observed = any();
      if (one.code < kFirstPartialCode) one.written = any();
      return one;
    };
    StateTable states(values);
    State state = model.initial(states, choice[1 + random.below(5)]);
    for (int i = 0; i < 10; ++i) {
      const KeyOperation one = operation();
      std::ignore = model.needs(values, one, operation());
      if (const auto after = model.step(states, state, one)) state = *after;
    }
  }
}

// A value of a JSON line, of any shape.
std::string any_value(Random& random) {
  static constexpr std::array kValues = {"null",
                                         "1",
                                         "2",
                                         "\"a\"",
                                         "\"ab\"",
                                         "[]",
                                         "[1,2]",
                                         "[\"a\",\"b\"]",
                                         "[1,true]",
                                         "[[\"w\",\"x\",1]]",
                                         "[[\"r\",\"x\",null]]",
                                         "1.5",
                                         "{\"client\":\"a\"}"};
  return kValues[random.below(kValues.size())];
}

TEST_P(MissingValues, HistoriesOfFailures_GetAVerdict) {
  const Model& model = *find_model(GetParam());
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    Random random(seed);
    std::string text = R"({"capsize-history":1,"model":")" + GetParam() + "\"}\n";
    const std::uint32_t operations = 1 + random.below(6);
    // Of one kind of value most of the time, or else no model gets beyond decoding.
    const std::string usual = any_value(random);
    for (std::uint32_t process = 0; process < operations; ++process) {
      const auto value = [&] { return random.chance(75) ? usual : any_value(random); };
      const auto line = [&](const char* type, std::string_view function, const std::string& its) {
        text += "{\"process\":" + std::to_string(process) + ",\"type\":\"" + type + "\",\"f\":\"" +
                std::string(function) + "\"" + (random.chance(15) ? "" : ",\"value\":" + its) +
                "}\n";
      };
      const auto function =
          model.functions[random.below(static_cast<std::uint32_t>(model.functions.size()))];
      line("invoke", function, value());
      static constexpr std::array kTypes = {"ok", "fail", "fail", "info"};
      if (random.chance(90)) line(kTypes[random.below(kTypes.size())], function, value());
    }
    const LoadResult loaded = load_history_text(text);
    ASSERT_TRUE(std::holds_alternative<History>(loaded)) << text;
    const Report report = check_history(std::get<History>(loaded));
    EXPECT_NE(report.verdict, Verdict::kHarnessError) << text;
  }
}

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (const Model* model : list_models()) names.emplace_back(model->name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Models, MissingValues, ::testing::ValuesIn(model_names()),
                         [](const auto& model) {
                           std::string name = model.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(MissingValuesOfKv, FailedReadBesideAnAbortedRead_IsInvalidAndNotACrash) {
  for (const char* failed : {R"("f":"read")", R"("f":"cas","value":["x","y"])"}) {
    const std::string text =
        std::string(R"({"process":0,"type":"invoke",)") + failed + "}\n" +
        R"({"process":0,"type":"fail",)" + failed + "}\n" +
        "{\"process\":1,\"type\":\"invoke\",\"f\":\"append\",\"value\":\"q\"}\n"
        "{\"process\":1,\"type\":\"fail\",\"f\":\"append\",\"value\":\"q\"}\n"
        "{\"process\":2,\"type\":\"invoke\",\"f\":\"read\"}\n"
        "{\"process\":2,\"type\":\"ok\",\"f\":\"read\",\"value\":\"q\"}\n";
    const LoadResult loaded = load_history_text(text);
    const Report report = check_history(std::get<History>(loaded), {.model = "kv"});
    EXPECT_EQ(report.verdict, Verdict::kInvalid);
    ASSERT_EQ(report.violations.size(), 1U);
    EXPECT_EQ(report.violations[0].anomaly, Anomaly::kAbortedRead);
    EXPECT_EQ(report.violations[0].operations.size(), 2U) << "the read and the failed append";
  }
}

}  // namespace
}  // namespace capsize::checker
