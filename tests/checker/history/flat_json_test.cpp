// The fast reader of plain lines must never read anything differently from the general parser. A
// blank before the brace sends a line to the general one, so every text is read both ways and
// compared.
#include "checker/history/flat_json.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <string>

#include "checker/check/check.h"
#include "tests/checker/random_history.h"

namespace capsize::checker {
namespace {

using testing::Random;

constexpr const char* kFirstLine =
    "{\"index\":0,\"process\":9,\"type\":\"invoke\",\"f\":\"read\",\"key\":\"x\",\"value\":null}\n";

// Everything that was understood, or what was wrong (without the column, which the blank moves).
std::string understood(const std::string& text) {
  const LoadResult loaded = load_history_text(text);
  if (const auto* malformed = std::get_if<Malformed>(&loaded)) {
    return fmt::format("line {}: {}, expected {}", malformed->line, malformed->found,
                       malformed->expected);
  }
  const History& history = std::get<History>(loaded);
  std::string out;
  for (const Operation& operation : history.operations) {
    out +=
        fmt::format("{} {} {} {} {} {} {} {} {} {}\n", history.keys[operation.key],
                    history.functions[operation.function], operation.process,
                    history.values.json(operation.argument), history.values.json(operation.result),
                    operation.invoke, operation.complete, operation.invoke_time,
                    static_cast<int>(operation.outcome), operation.mismatch);
  }
  return out + (history.cut_off ? "cut off" : "");
}

template <std::size_t N>
const char* any_of(const char* const (&choices)[N], Random& random) {
  // Plain ones come first in each list, and most of the time.
  return random.chance(60) ? choices[0] : choices[random.below(N)];
}

std::string random_line(std::uint64_t index, Random& random) {
  static constexpr const char* kValues[] = {"5",
                                            "null",
                                            "-7",
                                            "-0",
                                            "\"a\"",
                                            "\"a\\u0041\"",
                                            "\"\xC3\xA9\"",
                                            "[1,2]",
                                            "[1, null]",
                                            "[1,2,3]",
                                            "[]",
                                            "1.0",
                                            "1e3",
                                            "0.5",
                                            "007",
                                            "true",
                                            "{\"a\":[1]}",
                                            "123456789012345678",
                                            "9223372036854775807",
                                            "9223372036854775808",
                                            "\"\xFF\"",
                                            "\"a\tb\"",
                                            "5 ",
                                            "[1,2"};
  static constexpr const char* kTypes[] = {"\"ok\"",   "\"invoke\"", "\"info\"",
                                           "\"fail\"", "\"done\"",   "3"};
  static constexpr const char* kFunctions[] = {"\"write\"", "\"read\"", "\"cas\"", "\"add\"",
                                               "null"};
  static constexpr const char* kProcesses[] = {"1", "2", "\"nemesis\"", "-1", "1.0", "99999999999"};
  static constexpr const char* kKeys[] = {"\"x\"", "1", "null", "\"\\\"\"", "[1,2]"};
  static constexpr const char* kTails[] = {
      "}", ",\"error\":\"mismatch\"}", ",\"node\":\"n1\"}", ",\"value\":6}", "} ", "}x", ",}", ""};
  static constexpr const char* kBlanks[] = {"", " ", "  ", "\t"};
  const std::string blank = any_of(kBlanks, random);
  return fmt::format(
      "{{\"index\":{},{}\"time\":{}{},\"process\":{}{},\"type\":{},\"f\":{},\"key\":{},"
      "\"value\":{}{}\n",
      index, blank, blank, index * 10, blank, any_of(kProcesses, random), any_of(kTypes, random),
      any_of(kFunctions, random), any_of(kKeys, random), any_of(kValues, random),
      any_of(kTails, random));
}

TEST(FlatJsonRandom, LinesOfAllKinds_AreReadAsTheRealParserReadsThem) {
  int legal = 0;
  for (std::uint64_t seed = 1; seed <= 6000; ++seed) {
    Random random(seed);
    std::string plain = kFirstLine;
    std::string slow = kFirstLine;
    for (std::uint64_t i = 0; i < 2; ++i) {
      std::string line = random_line(i + 1, random);
      if (i == 0)
        line.replace(line.find("\"type\":") + 7, line.find(",\"f\"") - line.find("\"type\":") - 7,
                     "\"invoke\"");
      plain += line;
      slow += " " + line;
    }
    const std::string expected = understood(slow);
    ASSERT_EQ(understood(plain), expected) << "seed " << seed << "\n" << plain;
    legal += !expected.starts_with("line");
  }
  EXPECT_GT(legal, 300);
  EXPECT_LT(legal, 5000);
}

TEST(FlatJson, PlainLine_IsUnderstood) {
  FlatFields fields;
  ASSERT_TRUE(read_flat_json("{\"process\": 3, \"type\":\"ok\",\"f\":\"cas\",\"value\":[1,null]}",
                             {}, fields));
  EXPECT_EQ(fields.process.integer, 3);
  EXPECT_EQ(fields.function.text, "cas");
  EXPECT_TRUE(fields.value.null[1]);
}

TEST(FlatJson, AnythingUnusual_IsRefused) {
  for (const char* line :
       {"{\"a\":1.5}", "{\"a\":\"\\n\"}", "{\"a\":{}}", "{\"a\":01}", "{\"a\":1", "{\"a\":1}}",
        "[1]", "{}", "{\"key\":1,\"key\":2}", "{\"a\":1234567890123456789}"}) {
    FlatFields fields;
    EXPECT_FALSE(read_flat_json(line, {}, fields)) << line;
  }
}

}  // namespace
}  // namespace capsize::checker
