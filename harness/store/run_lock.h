// Locks the directory of a run while its process is alive, so that `capsize prune` does not remove
// it. The kernel releases the lock when the process ends, even after SIGKILL.
#pragma once

#include <filesystem>

namespace capsize::harness {

class RunLock {
 public:
  /// Best effort: on a file system without locks, prune cannot tell that the run is alive.
  explicit RunLock(const std::filesystem::path& run_directory);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int descriptor_;
};

/// Whether a process holds the lock.
[[nodiscard]] bool is_running(const std::filesystem::path& run_directory);

}  // namespace capsize::harness
