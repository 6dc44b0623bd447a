// Blocks that are taken apart on several threads come back as the lines of the file, in its order.
#include "checker/history/line_blocks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "checker/check/check.h"

namespace capsize::checker {
namespace {

using ::testing::HasSubstr;

std::string event(int i, const char* type) {
  return "{\"process\":" + std::to_string(i % 7) + ",\"type\":\"" + type +
         "\",\"f\":\"write\",\"key\":\"k" + std::to_string(i % 5) +
         "\",\"value\":" + std::to_string(i) + "}\n";
}

// Several megabytes, so several blocks.
std::string long_history() {
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += event(i, "invoke") + event(i, "ok");
  return text;
}

TEST(LineBlocks, Lines_AreThoseOfTheFileInItsOrder) {
  std::string text = "\n \n" + long_history() + "the last has no line feed";
  LineReader plain = LineReader::of_text(text);
  LineReader lines = LineReader::of_text(text);
  ASSERT_TRUE(lines.peek()) << "what was looked at already comes again";
  const Vocabulary vocabulary;
  LineBlocks blocks(lines, &read_plain_event, vocabulary);
  std::uint64_t plain_events = 0;
  int count = 0;
  while (const auto* const block = blocks.next()) {
    ++count;
    for (const BlockLine& line : block->lines) {
      const auto expected = plain.next();
      ASSERT_TRUE(expected);
      ASSERT_EQ(line.text, expected->text);
      plain_events += line.is_plain ? 1 : 0;
    }
  }
  EXPECT_FALSE(plain.next());
  EXPECT_GT(count, 3);
  EXPECT_EQ(plain_events, 80'000u);
}

TEST(LineBlocks, CallerThatStopsHalfWay_LeavesNothingBehind) {
  const std::string text = long_history();
  LineReader lines = LineReader::of_text(text);
  const Vocabulary vocabulary;
  LineBlocks blocks(lines, &read_plain_event, vocabulary);
  EXPECT_NE(blocks.next(), nullptr);
}

TEST(LineBlocks, ErrorsFarIntoTheFile_KeepTheirLineNumbers) {
  const std::string text = "\n" + long_history();
  const auto message = [](const std::string& bad) {
    const LoadResult loaded = load_history_text(bad, {}, "h");
    const auto* malformed = std::get_if<Malformed>(&loaded);
    return malformed == nullptr ? std::string("(no error)") : malformed->message();
  };
  EXPECT_THAT(message(text + "{\"process\":1,]\n"), HasSubstr("h:80002:12"));
  EXPECT_THAT(message(text + event(3, "ok")),
              HasSubstr("h:80002:1: found a completion of process 3"));
  EXPECT_THAT(message(text + std::string(LineReader::kLineBytesMax + 9, 'x')),
              HasSubstr("h:80002:67108864: found a line that continues"));
}

TEST(LineBlocks, UnusualLinesBetweenPlainOnes_KeepTheirPlace) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    text += event(i, "invoke");
    if (i % 100 == 0) text += "{\"process\":\"nemesis\",\"type\":\"info\",\"f\":\"kill\"}\n\n";
    std::string ok = event(i, "ok");
    if (i % 50 == 0) ok.insert(1, "\"note\":{\"a\":[1.5]},");
    text += ok;
  }
  const LoadResult loaded = load_history_text(text);
  ASSERT_TRUE(std::holds_alternative<History>(loaded));
  EXPECT_EQ(std::get<History>(loaded).counts.ok, 20'000u);
}

}  // namespace
}  // namespace capsize::checker
