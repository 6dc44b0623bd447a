// Paths of the other binaries (in the same directory as this one) and of the installed scenarios.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace capsize::harness {

[[nodiscard]] std::filesystem::path binary_directory();

/// Returns `path` if it exists; otherwise the installed scenario of that name, with or without
/// .json, in ../share/capsize/scenarios; `path` if neither exists.
[[nodiscard]] std::filesystem::path scenario_file(const std::filesystem::path& path);

/// A seeded bug that capsize-node-with-bugs lists.
struct BugLine {
  std::string name;
  std::string summary;
};
[[nodiscard]] base::Result<std::vector<BugLine>> seeded_bugs();

}  // namespace capsize::harness
