#include "harness/process/crash_evidence.h"

#include <fmt/core.h>

#include <cstdlib>
#include <fstream>

#include "harness/process/kernel_files.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

/// The newest regular file whose name begins so; links are not followed.
std::optional<fs::path> newest(const fs::path& directory, const std::string& prefix) {
  std::optional<fs::path> found;
  fs::file_time_type at;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    const bool is_file = entry.symlink_status(ignored).type() == fs::file_type::regular;
    if (!is_file || !entry.path().filename().string().starts_with(prefix)) continue;
    const auto written = entry.last_write_time(ignored);
    if (found && written <= at) continue;
    found = entry.path();
    at = written;
  }
  return found;
}

/// The first lines that say something: reports begin with a line of '='.
std::string first_lines(const fs::path& path) {
  constexpr int kLinesMax = 4;
  constexpr std::size_t kLineMax = 200;
  std::ifstream file(path);
  std::string text;
  int lines = 0;
  for (std::string line; lines < kLinesMax && std::getline(file, line);) {
    if (line.find_first_not_of("= ") == std::string::npos) continue;
    text += (text.empty() ? "" : " | ") + line.substr(line.find_first_not_of(' '), kLineMax);
    ++lines;
  }
  return text;
}

}  // namespace

std::string core_pattern() {
  std::string pattern = kernel_file("/proc/sys/kernel/core_pattern");
  if (pattern.ends_with('\n')) pattern.pop_back();
  return pattern;
}

bool is_core_in_working_directory(std::string_view pattern) {
  return !pattern.empty() && pattern.front() != '|' && pattern.find('/') == pattern.npos;
}

std::vector<std::string> sanitizer_variables(const fs::path& prefix) {
  std::vector<std::string> variables;
  for (const std::string name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
    const char* set = std::getenv(name.c_str());
    std::string options = set == nullptr ? "" : set;
    if (options.find("log_path=") != std::string::npos) continue;
    if (!options.empty()) options += ":";
    // Quoted: ':', ',' and spaces separate options.
    variables.push_back(fmt::format("{}={}log_path=\"{}\"", name, options, prefix.string()));
  }
  return variables;
}

std::optional<SanitizerReport> sanitizer_report(const fs::path& directory) {
  const auto file = newest(directory, std::string(kSanitizerPrefix) + ".");
  if (!file) return std::nullopt;
  return SanitizerReport{*file, first_lines(*file)};
}

std::optional<fs::path> core_dump(const fs::path& directory) {
  return newest(directory, "core");
}

}  // namespace capsize::harness
