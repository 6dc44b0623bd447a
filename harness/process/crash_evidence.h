// What a process leaves when it dies: a core dump, a sanitizer's report. Both belong into the run
// directory, next to the log of the node that died.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace capsize::harness {

/// /proc/sys/kernel/core_pattern, without the line feed.
[[nodiscard]] std::string core_pattern();
/// Whether a core dump becomes a file in the working directory of the process: the pattern names no
/// program (`|…`) and no other directory.
[[nodiscard]] bool is_core_in_working_directory(std::string_view pattern);

/// ASAN_OPTIONS and the like with `log_path`, so that a report becomes the file PREFIX.PID. The
/// options in this process's environment stay; so does a log_path among them.
[[nodiscard]] std::vector<std::string> sanitizer_variables(const std::filesystem::path& prefix);

/// What sanitizer_variables() calls reports in the directory of a node.
inline constexpr const char* kSanitizerPrefix = "sanitizer";

struct SanitizerReport {
  std::filesystem::path file;
  std::string beginning;  // its first lines, in one line
};
/// The newest report in the directory.
[[nodiscard]] std::optional<SanitizerReport> sanitizer_report(
    const std::filesystem::path& directory);
/// The newest core dump in the directory.
[[nodiscard]] std::optional<std::filesystem::path> core_dump(
    const std::filesystem::path& directory);

}  // namespace capsize::harness
