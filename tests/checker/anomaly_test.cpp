#include "checker/report/anomaly.h"

#include <gtest/gtest.h>

#include <set>

namespace capsize::checker {
namespace {

TEST(AnomalyNames, AreDifferent) {
  std::set<std::string_view> names;
  const auto last = static_cast<int>(Anomaly::kNoLegalOrder);
  for (int i = 0; i <= last; ++i) names.insert(name(static_cast<Anomaly>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(last) + 1);
}

TEST(AnomalyNames, OfTheFirstRelease_HaveAPresentName) {
  EXPECT_EQ(present_name("phantom element"), "garbage read");
  EXPECT_EQ(present_name("two winners of a cas"), "lost update");
  EXPECT_EQ(present_name("stale read"), "stale read");
  EXPECT_EQ(present_name(""), "");
}

}  // namespace
}  // namespace capsize::checker
