#include "base/utf8.h"

#include <gtest/gtest.h>

namespace capsize::base {
namespace {

TEST(Utf8, CharactersOfEveryLength_AreDecoded) {
  EXPECT_EQ(decode_utf8("A").character, 0x41U);
  EXPECT_EQ(decode_utf8("\xC3\xA4z").character, 0xE4U);
  EXPECT_EQ(decode_utf8("\xC3\xA4z").bytes, 2U);
  EXPECT_EQ(decode_utf8("\xE2\x82\xAC").character, 0x20ACU);
  EXPECT_EQ(decode_utf8("\xF0\x9F\x98\x80").character, 0x1F600U);
  EXPECT_EQ(decode_utf8("\xF4\x8F\xBF\xBF").character, 0x10FFFFU);
}

TEST(Utf8, WhatIsNotUtf8_HasNoBytes) {
  for (const char* wrong :
       {"\x80", "\xFF", "\xC3", "\xC3(", "\xE2\x82", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF",
        "\xED\xA0\x80", "\xF0\x80\x80\xAF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80"}) {
    EXPECT_EQ(decode_utf8(wrong).bytes, 0U) << wrong;
  }
}

}  // namespace
}  // namespace capsize::base
