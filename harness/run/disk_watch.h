// DiskWatch: for how long the machine's own disk hung.
//
// A node whose disk does not complete a sync correctly neither serves nor campaigns. On a busy
// machine that can last for seconds on all nodes at once, and no node is at fault. The harness
// therefore syncs a file of its own, on its own thread, and measures how long that takes.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/result.h"
#include "harness/cluster/clock.h"

namespace capsize::harness {

class DiskWatch {
 public:
  /// A sync that takes longer is a hang: a node waits this long before it reports one (its longest
  /// election timeout).
  static constexpr base::Duration kHang = std::chrono::milliseconds(300);

  /// Calls `sync` once per `interval` from now until destruction, which waits for the call that is
  /// running: while the disk hangs, results could not be written either. An error of `sync` ends
  /// the watch and does not affect the run.
  DiskWatch(std::function<base::Status()> sync, base::Duration interval,
            std::function<base::Instant()> now = &monotonic_now);
  ~DiskWatch();
  DiskWatch(const DiskWatch&) = delete;
  DiskWatch& operator=(const DiskWatch&) = delete;

  /// Time spent in hangs since then, including one that is not over.
  [[nodiscard]] base::Duration hung_since(base::Instant from) const {
    return hung_between(from, base::Instant::max());
  }
  [[nodiscard]] base::Duration hung_between(base::Instant from, base::Instant to) const;

 private:
  struct Sync {
    base::Instant begin;
    base::Instant end;
  };

  void watch(base::Duration interval);
  [[nodiscard]] bool wait(base::Duration interval);

  std::function<base::Status()> sync_;
  std::function<base::Instant()> now_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  bool end_ = false;
  std::vector<Sync> hangs_;
  std::optional<base::Instant> begun_;  // of the sync that is running
  std::thread thread_;
};

/// Writes to this file and syncs it. The file is removed with the last copy of the function.
[[nodiscard]] std::function<base::Status()> sync_of_file(const std::filesystem::path& path);

}  // namespace capsize::harness
