#include "base/printable.h"

#include <gtest/gtest.h>

namespace capsize::base {
namespace {

TEST(Printable, OrdinaryText_IsUnchanged) {
  for (const std::string text : {"", "key 1", "Größe", "鍵", "🔑", "a\\b"}) {
    EXPECT_EQ(printable(text), text);
  }
}

TEST(Printable, TerminalControlCharacters_AreEscaped) {
  EXPECT_EQ(printable("k\x1b]0;title\x07"), "k\\x1b]0;title\\x07");
  EXPECT_EQ(printable("a\nb\rc\td"), "a\\x0ab\\x0dc\\x09d");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(printable("\x7f"), "\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\x9b31m")
      << "the C1 form of an escape sequence";
  EXPECT_EQ(printable("\xe2\x80\xae"
                      "drow"),
            "\\u202edrow");
}

TEST(Printable, BytesThatAreNotUtf8_AreEscapedOneByOne) {
  EXPECT_EQ(printable("\xff"), "\\xff");
  EXPECT_EQ(printable("a\xc3"), "a\\xc3") << "truncated";
  EXPECT_EQ(printable("\xc0\x9b"), "\\xc0\\x9b") << "overlong encoding";
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "a surrogate";
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond Unicode";
}

TEST(Printable, EveryByte_NeverLeavesAControlCharacter) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string text = {static_cast<char>(first), static_cast<char>(second)};
      for (const char c : printable(text)) {
        const auto byte = static_cast<unsigned char>(c);
        EXPECT_TRUE(byte >= 0x20 && byte != 0x7F) << first << ' ' << second;
      }
    }
  }
}

}  // namespace
}  // namespace capsize::base
