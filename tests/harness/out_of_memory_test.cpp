#include "harness/cluster/out_of_memory.h"

#include <gtest/gtest.h>

#include "harness/process/kernel_files.h"

namespace capsize::harness {
namespace {

TEST(OutOfMemory, NumberOf_ReadsTheKernelsFormats) {
  constexpr const char* kVmstat = "nr_free_pages 1\noom_kill 3\noom_kill_extra 9\n";
  EXPECT_EQ(number_of(kVmstat, "oom_kill"), 3U);
  EXPECT_EQ(number_of("oom_kill_disable 0\nunder_oom 0\noom_kill 12", "oom_kill"), 12U);
  EXPECT_EQ(number_of("MemTotal:        8123456 kB\nMemFree: 1 kB\n", "MemTotal"), 8123456U);
  EXPECT_EQ(number_of("536870912\n", ""), 536870912U);
}

TEST(OutOfMemory, NumberOf_MissingOrInvalid_IsNone) {
  EXPECT_EQ(number_of("", "oom_kill"), 0U);
  EXPECT_EQ(number_of("max\n", ""), 0U);
  EXPECT_EQ(number_of("low 7\n", "oom_kill"), 0U);
}

TEST(OutOfMemory, ThisMachine_HasMemory) {
  EXPECT_GT(memory_available(), std::uint64_t{1} << 20);
}

}  // namespace
}  // namespace capsize::harness
