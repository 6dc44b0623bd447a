// Core dumps and sanitizer reports, and where they are put.
#include "harness/process/crash_evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/node/adapters/temporary_directory.h"

namespace capsize::harness {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

TEST(CrashEvidence, CoreDump_IsInTheWorkingDirectoryOnlyForAPlainPattern) {
  EXPECT_TRUE(is_core_in_working_directory("core"));
  EXPECT_TRUE(is_core_in_working_directory("core.%e.%p"));
  EXPECT_FALSE(is_core_in_working_directory("|/usr/lib/systemd/systemd-coredump %P"));
  EXPECT_FALSE(is_core_in_working_directory("/var/crash/core.%p"));
  EXPECT_FALSE(is_core_in_working_directory(""));
}

TEST(CrashEvidence, SanitizerVariables_KeepTheOptionsThatAreSet) {
  ::setenv("ASAN_OPTIONS", "exitcode=86", 1);
  ::setenv("UBSAN_OPTIONS", "log_path=/elsewhere:exitcode=86", 1);
  ::unsetenv("TSAN_OPTIONS");
  EXPECT_THAT(sanitizer_variables("/a b/sanitizer"),
              ElementsAre("ASAN_OPTIONS=exitcode=86:log_path=\"/a b/sanitizer\"",
                          "TSAN_OPTIONS=log_path=\"/a b/sanitizer\""));
  ::unsetenv("ASAN_OPTIONS");
  ::unsetenv("UBSAN_OPTIONS");
}

TEST(CrashEvidence, Report_BeginsWithItsFirstLinesThatSaySomething) {
  const TemporaryDirectory directory;
  const fs::path path = directory.path();
  EXPECT_FALSE(sanitizer_report(path).has_value());
  std::ofstream(path / "sanitizer.17")
      << "=================\n==17==ERROR: AddressSanitizer: heap-use-after-free\n"
         "READ of size 8\n    #0 0x55 in main\n    #1 0x56 in start\n    #2 0x57 in end\n";
  const auto report = sanitizer_report(path);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->file, path / "sanitizer.17");
  EXPECT_EQ(report->beginning,
            "==17==ERROR: AddressSanitizer: heap-use-after-free | READ of size 8 | "
            "#0 0x55 in main | #1 0x56 in start");
}

TEST(CrashEvidence, CoreDump_IsNeverALink) {
  const TemporaryDirectory directory;
  const fs::path path = directory.path();
  fs::create_symlink("/etc/hostname", path / "core.1");
  EXPECT_FALSE(core_dump(path).has_value());
  std::ofstream(path / "core") << "core";
  EXPECT_EQ(core_dump(path), path / "core");
}

}  // namespace
}  // namespace capsize::harness
