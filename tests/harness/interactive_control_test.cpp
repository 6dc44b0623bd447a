// Steering by hostile lines: each is answered with one error that names line, key, found and
// expected; none changes the run.
#include "harness/run/interactive_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "tests/nemesis/core/stage.h"

namespace capsize::harness {
namespace {

using base::Json;
using testing::HasSubstr;
using testing::SizeIs;

struct InteractiveStage {
  InteractiveStage()
      : stage(std::vector<std::unique_ptr<nemesis::Script>>{}),
        steering(stage.nemesis, stage.cluster,
                 [this](const Json& answer) { answers.push_back(answer); }) {}
  /// The error of the one answer that a line has; empty if it was taken.
  std::string error_of(const std::string& line) {
    answers.clear();
    steering.take(line, stage.now);
    return answers.empty() ? std::string() : answers.back().value("error", "");
  }

  nemesis::Stage stage;
  std::vector<Json> answers;
  InteractiveControl steering;
};

TEST(InteractiveControl, HostileLines_AreRefusedWithTheirReason) {
  InteractiveStage interactive;
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
    const auto error = interactive.error_of(line);
    EXPECT_THAT(error, HasSubstr(reason));
    EXPECT_LT(error.size(), 1500U);
    EXPECT_EQ(error.find('\n'), std::string::npos);
    EXPECT_THAT(interactive.answers, SizeIs(1));
  }
  EXPECT_FALSE(interactive.steering.finish_asked());
  interactive.stage.run_until(std::chrono::milliseconds(50));
  EXPECT_TRUE(interactive.stage.nemesis.records().empty());
  EXPECT_EQ(interactive.error_of(R"({"finish":true})"), "");
  EXPECT_TRUE(interactive.steering.finish_asked());
}

TEST(LineInput, LineThatIsTooLong_IsKeptInPartAndTheNextIsWhole) {
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
