#include "base/mismatch.h"

#include <gtest/gtest.h>

namespace capsize::base {
namespace {

TEST(Mismatch_, Text_NamesWhatWasFoundAndExpected) {
  EXPECT_EQ((Mismatch{"3", "a name"}.text()), "found 3, expected a name");
}

TEST(Mismatch_, HostileInput_IsCutAndEscaped) {
  EXPECT_EQ(mismatch("a\n\x1b\xff", "text"), "found a\\x0a\\x1b\\xff, expected text");
  EXPECT_EQ(excerpt(std::string(60, 'x')), std::string(60, 'x'));
  EXPECT_EQ(excerpt(std::string(61, 'x')), std::string(60, 'x') + "...");
  EXPECT_EQ(excerpt(""), "");
}

}  // namespace
}  // namespace capsize::base
