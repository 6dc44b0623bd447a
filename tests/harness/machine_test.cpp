// How many runs at a time a machine bears.
#include "harness/process/machine.h"

#include <gtest/gtest.h>

namespace capsize::harness {
namespace {

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30U;

TEST(Machine, RecommendedJobs_AreOneForEachCore) {
  EXPECT_EQ(recommended_jobs(1, 64 * kGiB), 1U);
  EXPECT_EQ(recommended_jobs(2, 64 * kGiB), 2U);
  EXPECT_EQ(recommended_jobs(8, 64 * kGiB), 8U);
}

TEST(Machine, RecommendedJobs_AreBoundedByMemory) {
  EXPECT_EQ(recommended_jobs(64, 3 * kGiB), 6U);
  EXPECT_EQ(recommended_jobs(64, kGiB / 4), 1U) << "one run is always possible";
  EXPECT_EQ(recommended_jobs(64, 0), 64U) << "the kernel does not say how much memory there is";
}

TEST(Machine, ThisMachine_HasCoresAndMemory) {
  EXPECT_GE(this_machine().cores, 1U);
  EXPECT_GT(this_machine().memory_bytes, std::uint64_t{1} << 20U);
}

}  // namespace
}  // namespace capsize::harness
