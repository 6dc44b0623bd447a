#include "harness/cli/binaries.h"

#include <fmt/core.h>

#include <unistd.h>

#include <fstream>
#include <system_error>
#include "base/json.h"

#include "harness/process/child_process.h"

namespace capsize::harness {
namespace fs = std::filesystem;

fs::path binary_directory() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path(".") : self.parent_path();
}

fs::path scenario_file(const fs::path& path) {
  if (fs::exists(path)) return path;
  fs::path installed = binary_directory().parent_path() / "share/capsize/scenarios" / path;
  if (installed.extension() != ".json") installed += ".json";
  return fs::exists(installed) ? installed : path;
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
    if (parsed.is_object()) bugs.push_back({parsed.value("name", ""), parsed.value("what", "")});
  }
  std::error_code ignored;
  fs::remove(output, ignored);
  if (!ending || ending->signal != 0 || ending->exit_code != 0) {
    return base::Error{"capsize-node-with-bugs --list-bugs failed"};
  }
  return bugs;
}

}  // namespace capsize::harness
