// What `capsize bundle` puts into an archive, and in which order: a reader who unpacks only the
// beginning has the failing part.
//
//   README.txt       the failure in a few lines, what is where, the commands to check and to replay
//   evidence.json, results.json, scenario.json, faults.jsonl
//   logs, sanitizer reports
//   history.jsonl, the nodes' traces
//   everything else, core dumps last
//   the nodes' data, if it was asked for or is small
//
// Links are not followed, and what is no regular file (sockets) is left out. So is `sockets/`: it
// has the secret of a run that may be alive.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace capsize::harness {

/// Data up to this size is part of every bundle.
inline constexpr std::uint64_t kSmallData = std::uint64_t{8} * 1024 * 1024;

struct BundleMember {
  std::string name;  // relative to the run directory
  std::uint64_t bytes = 0;
};

struct BundleContent {
  std::vector<BundleMember> members;  // in the order of the archive, without README.txt
  std::uint64_t bytes = 0;            // of all members
  std::uint64_t data_left_out = 0;    // bytes of the nodes' data that are not part of it
  std::vector<std::string> skipped;   // links, sockets and directories that cannot be read
};

/// Returns what a bundle of this run has. Error: it is no run directory.
[[nodiscard]] base::Result<BundleContent> bundle_content(const std::filesystem::path& run,
                                                         bool with_data);
/// Returns the text of README.txt, which works for a run without results, too.
[[nodiscard]] std::string bundle_readme(const std::filesystem::path& run,
                                        const BundleContent& content);

}  // namespace capsize::harness
