#include "base/strong.h"

#include <gtest/gtest.h>

#include <type_traits>
#include <unordered_set>

namespace capsize::base {
namespace {

using Apples = StrongNumber<struct ApplesTag>;
using Pears = StrongNumber<struct PearsTag, std::uint32_t>;

// The purpose of the type: these must not compile.
static_assert(!std::is_convertible_v<std::uint64_t, Apples>);
static_assert(!std::is_convertible_v<Apples, std::uint64_t>);
static_assert(!std::is_constructible_v<Apples, Pears>);
static_assert(sizeof(Apples) == 8 && sizeof(Pears) == 4);

TEST(StrongNumber, Default_IsZero) {
  EXPECT_EQ(Apples{}.value(), 0U);
}

TEST(StrongNumber, Order_FollowsTheNumbers) {
  EXPECT_LT(Apples{1}, Apples{2});
  EXPECT_EQ(Apples{3}, Apples{3});
  EXPECT_GT(Pears{9}, Pears{8});
}

TEST(StrongNumber, Steps_AndDistance) {
  EXPECT_EQ(Apples{4}.next(), Apples{5});
  EXPECT_EQ(Apples{4}.previous(), Apples{3});
  EXPECT_EQ(Apples{4} + 3, Apples{7});
  EXPECT_EQ(Apples{9} - Apples{4}, 5U);
  Apples counted{1};
  ++counted;
  EXPECT_EQ(counted, Apples{2});
}

TEST(StrongNumber, Hash_IsUsable) {
  const std::unordered_set<Apples> apples{Apples{1}, Apples{1}, Apples{2}};
  EXPECT_EQ(apples.size(), 2U);
}

}  // namespace
}  // namespace capsize::base
