#include "harness/scenario/json_place.h"

#include <gtest/gtest.h>

namespace capsize::harness {
namespace {

using Place = base::JsonPlace;

constexpr const char* kText = R"({
  // "b": not this one
  "a": [1, {"b": "}\"],"},
        {"b": {"c": [true,
               null]}}],
  /* "b" */ "b": -1.5e3
})";

TEST(JsonPlace, FindsKeysAndElements_PastStringsAndComments) {
  EXPECT_EQ(line_of(kText, Place({"a"})), 3U);
  EXPECT_EQ(line_of(kText, Place({"a", "1", "b"})), 3U);
  EXPECT_EQ(line_of(kText, Place({"a", "2"})), 4U);
  EXPECT_EQ(line_of(kText, Place({"a", "2", "b", "c"})), 4U);
  EXPECT_EQ(line_of(kText, Place({"a", "2", "b", "c", "1"})), 5U);
  EXPECT_EQ(line_of(kText, Place({"b"})), 6U);
}

TEST(JsonPlace, MissingPlace_ResolvesToItsDeepestExistingPart) {
  EXPECT_EQ(line_of(kText, Place({"a", "2", "b", "d"})), 4U);
  EXPECT_EQ(line_of(kText, Place({"z"})), 1U);
  EXPECT_EQ(line_of(kText, Place()), 1U);
}

}  // namespace
}  // namespace capsize::harness
