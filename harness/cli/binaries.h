// Where the other binaries are (beside this one), and what is installed with them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace capsize::harness {

[[nodiscard]] std::filesystem::path binary_directory();

/// A scenario file: the path itself where there is one; else, of an installed Capsize, the scenario
/// of that name, with or without .json, in ../share/capsize/scenarios. The path itself if neither
/// exists.
[[nodiscard]] std::filesystem::path scenario_file(const std::filesystem::path& path);

/// What a node binary says of itself: the seeded bugs that capsize-node-with-bugs can make.
struct BugLine {
  std::string name;
  std::string summary;
};
[[nodiscard]] base::Result<std::vector<BugLine>> seeded_bugs();

}  // namespace capsize::harness
