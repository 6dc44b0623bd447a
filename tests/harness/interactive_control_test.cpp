// Hostile control lines: each gets one error with line, key, what was found and what was
// expected; none changes the run.
#include "harness/run/interactive_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "tests/nemesis/core/simulated_run.h"

namespace capsize::harness {
namespace {

using base::Json;
using testing::HasSubstr;
using testing::SizeIs;

struct ControlledRun {
  ControlledRun()
      : run(std::vector<std::unique_ptr<nemesis::Script>>{}),
        control(run.nemesis, run.cluster,
                [this](const Json& answer) { answers.push_back(answer); }) {}
  /// Returns the error of the reply to a line; empty if it was accepted.
  std::string error_of(const std::string& line) {
    answers.clear();
    control.take(line, run.now);
    return answers.empty() ? std::string() : answers.back().value("error", "");
  }

  nemesis::SimulatedRun run;
  std::vector<Json> answers;
  InteractiveControl control;
};

TEST(InteractiveControl, HostileLines_AreRefusedWithTheReason) {
  ControlledRun controlled;
  const std::string deep(60'000, '[');
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "line 1: not JSON"},
      {std::string("\0\0\0", 3), "line 2: not JSON"},
      {"[]", "line 3: found [], expected one JSON object a line"},
      {R"({"id":1e999,"view":1})", "line 4: id: found 1e999, expected a number that fits"},
      {"{\"id\":" + deep, "line 5: id: found nesting deeper than 256 levels"},
      {R"({"finish":1,"view":1,"finish":1})", "line 6: finish: found twice"},
      {R"({"id":1,"begin":{"kind":"kill","kind":"pause"}})", "line 7: kind: found twice"},
      {R"({"begin":{"kind":"kill","label":"\u0000"}})", "line 8: label: found"},
      {R"({"begin":{"kind":"kill","label":""}})", "line 9: label: found"},
      {R"({"begin":{"kind":"kill","label":7}})", "line 10: label: found 7"},
      {R"({"wait":"leader","within":"2562047h"})", "line 11: within: expected at most 24h"},
      {std::string(LineInput::kLineBytesMax + 1, 'a'), "line 12: found a line longer than 1 MiB"},
      {"{\"id\":\"\xff\"}", "line 13: id: not JSON"},
      {R"({"begin":{"kind":"kil"}})", "line 14: "},
  };
  for (const auto& [line, reason] : cases) {
    const auto error = controlled.error_of(line);
    EXPECT_THAT(error, HasSubstr(reason));
    EXPECT_LT(error.size(), 1500U);
    EXPECT_EQ(error.find('\n'), std::string::npos);
    EXPECT_THAT(controlled.answers, SizeIs(1));
  }
  EXPECT_FALSE(controlled.control.finish_asked());
  controlled.run.advance_to(std::chrono::milliseconds(50));
  EXPECT_TRUE(controlled.run.nemesis.records().empty());
  EXPECT_EQ(controlled.error_of(R"({"finish":true})"), "");
  EXPECT_TRUE(controlled.control.finish_asked());
}

TEST(LineInput, OverlongLine_IsTruncatedAndTheNextIsComplete) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  LineInput input(ends[0]);
  std::vector<std::string> lines;
  const auto write = [&](const std::string& text) {
    ASSERT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    for (auto& line : input.take()) lines.push_back(std::move(line));
  };
  const std::string block(32 * 1024, 'a');
  for (int i = 0; i < 80; ++i) write(block);
  write("\nnext\n");
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(lines[0].size(), LineInput::kLineBytesMax + 1);
  EXPECT_EQ(lines[1], "next");
  EXPECT_FALSE(input.closed());
  ::close(ends[1]);
  EXPECT_THAT(input.take(), SizeIs(0));
  EXPECT_TRUE(input.closed());
  ::close(ends[0]);
}

}  // namespace
}  // namespace capsize::harness
