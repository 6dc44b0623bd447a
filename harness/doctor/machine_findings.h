// What this machine can do: cores, memory, disk, limits; and what earlier runs left on it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/doctor/finding.h"

namespace capsize::harness {

/// Whether the programs of a run are beside this one.
[[nodiscard]] std::vector<Finding> program_findings(const std::filesystem::path& binaries);
/// Cores, memory, kernel, clock source, pressure now.
[[nodiscard]] std::vector<Finding> kernel_findings();
/// Open files, processes, core dumps.
[[nodiscard]] std::vector<Finding> limit_findings();
/// Whether a directory can be created there, free space, and how long a sync takes. Writes to a
/// directory of its own, which it removes.
[[nodiscard]] std::vector<Finding> store_findings(const std::filesystem::path& store);
/// Nodes and proxies whose harness is gone, and run directories without results.
[[nodiscard]] std::vector<Finding> leftover_findings(const std::filesystem::path& store);

/// The process that `arguments` (of /proc/PID/cmdline, separated by NUL) name as the parent of a
/// node or a proxy of Capsize; 0 for any other process.
[[nodiscard]] std::uint64_t parent_of_capsize_process(std::string_view arguments);

/// A directory on the file system of the store, removed with the object. The store itself need not
/// exist.
class ScratchDirectory {
 public:
  explicit ScratchDirectory(const std::filesystem::path& store);
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  /// Empty: it could not be created; error() says why.
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  std::filesystem::path path_;
  std::string error_;
};

}  // namespace capsize::harness
