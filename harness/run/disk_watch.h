// DiskWatch: for how long the machine's own disk hung.
//
// Nodes whose disk answers to no sync do not serve and do not stand for election, as they should.
// On a busy machine that lasts for seconds, on all of them at once, and is nobody's fault: so the
// harness syncs a file of its own beside them, from a thread of its own, and takes the time.
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
  /// From here on a sync is a hang: that long a node waits before it says so (its longest election
  /// timeout).
  static constexpr base::Duration kHang = std::chrono::milliseconds(300);

  /// Once in `interval`, from now until destruction, which waits for the sync that runs: with a
  /// disk that hangs nobody could write results either. `sync` ends the watch by an error; that
  /// says nothing of the run.
  DiskWatch(std::function<base::Status()> sync, base::Duration interval,
            std::function<base::Instant()> now = &monotonic_now);
  ~DiskWatch();
  DiskWatch(const DiskWatch&) = delete;
  DiskWatch& operator=(const DiskWatch&) = delete;

  /// How much of the time since then was spent in hangs, one that goes on included.
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
  std::optional<base::Instant> begun_;  // the sync that runs
  std::thread thread_;
};

/// Writes to this file and syncs it; the file goes when the last copy does.
[[nodiscard]] std::function<base::Status()> sync_of_file(const std::filesystem::path& path);

}  // namespace capsize::harness
