// Paths of the other binaries (in the same directory as this one) and of the scenarios and
// suites that are shipped.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace capsize::harness {

[[nodiscard]] std::filesystem::path binary_directory();

/// The directories of the scenarios that are shipped: of the installation and of the source tree
/// that this program was built in.
[[nodiscard]] std::vector<std::filesystem::path> scenario_directories();

/// The same for suites.
[[nodiscard]] std::vector<std::filesystem::path> suite_directories();

/// Returns `path` if it exists; otherwise the shipped scenario of that name, with or without .json;
/// `path` if neither exists.
[[nodiscard]] std::filesystem::path scenario_file(const std::filesystem::path& path);
/// The same for suites.
[[nodiscard]] std::filesystem::path suite_file(const std::filesystem::path& path);

/// A seeded bug that capsize-node-with-bugs lists.
struct BugLine {
  std::string name;
  std::string summary;
  std::string seen_in;  // a real system that made the mistake
  std::string topic;    // "votes", "replication", "reads", …
  bool core = false;
  /// Each failure that is a proper report of the bug: CHECK/ANOMALY or CHECK, as results.json
  /// names them.
  std::vector<std::string> reports;
};
[[nodiscard]] base::Result<std::vector<BugLine>> seeded_bugs();

}  // namespace capsize::harness
