#include "harness/cli/binaries.h"

#include <fmt/core.h>

#include <unistd.h>

#include <fstream>
#include <system_error>
#include "base/json.h"

#include "harness/process/child_process.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

/// Of the prefix that this program is installed to, and of its source tree: it is built in
/// build…/bin there.
std::vector<fs::path> shipped_in(const char* installed, const char* in_sources) {
  const fs::path prefix = binary_directory().parent_path();
  return {prefix / installed, prefix.parent_path() / in_sources};
}

fs::path shipped(const fs::path& path, const std::vector<fs::path>& directories) {
  if (fs::exists(path)) return path;
  for (const auto& directory : directories) {
    fs::path found = directory / path;
    if (found.extension() != ".json") found += ".json";
    if (fs::exists(found)) return found;
  }
  return path;
}

BugLine to_bug(const base::Json& line) {
  BugLine bug{.name = line.value("name", ""),
              .summary = line.value("what", ""),
              .seen_in = line.value("seen-in", ""),
              .topic = line.value("topic", ""),
              .core = line.value("core", false)};
  for (const auto& report : line["reports"]) bug.reports.push_back(report.text());
  return bug;
}

}  // namespace

fs::path binary_directory() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path(".") : self.parent_path();
}

std::vector<fs::path> scenario_directories() {
  return shipped_in("share/capsize/scenarios", "nemesis/scenarios");
}

std::vector<fs::path> suite_directories() {
  return shipped_in("share/capsize/suites", "harness/suites");
}

fs::path scenario_file(const fs::path& path) {
  return shipped(path, scenario_directories());
}

fs::path suite_file(const fs::path& path) {
  return shipped(path, suite_directories());
}

base::Result<std::vector<BugLine>> seeded_bugs() {
  // The node lists its bugs. With a second list here, a name that the node does not know would run
  // a correct node.
  const fs::path output = fs::temp_directory_path() /
                          fmt::format("capsize-bugs-{}", fs::hash_value(binary_directory()) ^
                                                             static_cast<std::size_t>(::getpid()));
  auto child = ChildProcess::spawn({.program = binary_directory() / "capsize-node-with-bugs",
                                    .arguments = {"--list-bugs"},
                                    .log = output});
  if (!child) return child.error();
  const auto ending = child.value().wait(std::chrono::seconds(10));
  std::ifstream file(output);
  std::vector<BugLine> bugs;
  for (std::string line; std::getline(file, line);) {
    const auto parsed = base::Json::parse(line);
    if (!parsed.is_object()) continue;
    bugs.push_back(to_bug(parsed));
  }
  std::error_code ignored;
  fs::remove(output, ignored);
  if (!ending || ending->signal != 0 || ending->exit_code != 0) {
    return base::Error{"capsize-node-with-bugs --list-bugs failed"};
  }
  return bugs;
}

}  // namespace capsize::harness
