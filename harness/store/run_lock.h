// Marks the directory of a run whose process is alive, so that `capsize prune` does not remove it.
// The kernel releases the lock with the process, also after SIGKILL.
#pragma once

#include <filesystem>

namespace capsize::harness {

class RunLock {
 public:
  /// Best effort: a file system without locks only means that prune cannot know.
  explicit RunLock(const std::filesystem::path& run_directory);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int descriptor_;
};

/// Whether some process holds the lock.
[[nodiscard]] bool is_running(const std::filesystem::path& run_directory);

}  // namespace capsize::harness
