// Where the other binaries are: beside this one.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace capsize::harness {

[[nodiscard]] std::filesystem::path binary_directory();

/// What a node binary says of itself: the seeded bugs that capsize-node-with-bugs can make.
struct BugLine {
  std::string name;
  std::string summary;
};
[[nodiscard]] base::Result<std::vector<BugLine>> seeded_bugs();

}  // namespace capsize::harness
