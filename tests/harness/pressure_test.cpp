// Shares of time in which tasks waited for cores, memory and the disk.
#include "harness/process/pressure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

TEST(Pressure, Totals_AreReadFromTheKernelsFormat) {
  EXPECT_THAT(pressure_totals("some avg10=0.00 avg60=0.10 avg300=0.05 total=4711\n"
                              "full avg10=0.00 avg60=0.00 avg300=0.00 total=42\n"),
              ElementsAre(Pair("full", 42us), Pair("some", 4711us)));
  EXPECT_THAT(pressure_totals("some avg10=0.00 total=\nnothing\n"), IsEmpty());
}

TEST(Pressure, Share_IsTheDifferenceByTheTime) {
  const PressureTotals begin = {{"cpu-some", 1s}, {"io-some", 1s}};
  const PressureTotals end = {{"cpu-some", 3s}, {"io-some", 9s}, {"memory-some", 1s}};
  EXPECT_THAT(pressure_between(begin, end, 4s),
              ElementsAre(Pair("cpu-some", 0.5), Pair("io-some", 1.0)));
  EXPECT_THAT(pressure_between(begin, {}, 4s), IsEmpty()) << "a kernel without such files";
  EXPECT_THAT(pressure_between(begin, end, 0s), IsEmpty());
}

TEST(Pressure, High_IsMostOfTheTimeForCoresAndATenthForMemory) {
  EXPECT_EQ(high_pressure({}), "");
  EXPECT_EQ(high_pressure({{"cpu-some", 0.5}, {"memory-some", 0.01}, {"io-some", 0.9}}), "");
  EXPECT_THAT(high_pressure({{"cpu-some", 0.9}}), HasSubstr("for a core during 90 %"));
  EXPECT_THAT(high_pressure({{"cpu-some", 0.9}, {"memory-some", 0.2}}),
              HasSubstr("for memory during 20 %"));
}

}  // namespace
}  // namespace capsize::harness
