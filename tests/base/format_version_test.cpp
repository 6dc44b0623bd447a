#include "base/format_version.h"

#include <gtest/gtest.h>

namespace capsize::base {
namespace {

TEST(FormatVersion, KnownVersionAndFilesBeforeTheFirst_AreAccepted) {
  EXPECT_TRUE(check_format_version({{"capsize-x", 1}}, "capsize-x", 1));
  EXPECT_TRUE(check_format_version({{"y", 1}}, "capsize-x", 1));
  EXPECT_TRUE(check_format_version({{"capsize-x", 2}}, "capsize-x", 2));
}

TEST(FormatVersion, AnotherVersion_IsRefusedByName) {
  for (const auto& [value, found] : {std::pair{Json(2), "found 2"},
                                     {Json("1"), "found \"1\""},
                                     {Json(), "found null"},
                                     {Json(1.5), "found 1.5"}}) {
    const auto known = check_format_version({{"capsize-x", value}}, "capsize-x", 1);
    ASSERT_FALSE(known) << found;
    EXPECT_EQ(known.error().message, std::string(found) + ", expected 1");
  }
  EXPECT_FALSE(check_format_version({{"y", 1}}, "capsize-x", 2)) << "1 is no longer what is read";
}

}  // namespace
}  // namespace capsize::base
