// Redraws a run in progress on the terminal, ten times a second at most, from a thread of its own:
// the run must not wait for a terminal.
//
// The terminal keeps its state: no other screen, no hidden cursor, no changed mode. However the
// program ends, the last picture stays above the prompt.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

#include "base/time.h"
#include "harness/report/progress.h"

namespace capsize::harness {

class LiveDisplay {
 public:
  /// Whether standard error is a terminal that can redraw lines.
  [[nodiscard]] static bool is_possible();
  LiveDisplay() = default;
  /// Leaves the last picture and ends the thread.
  ~LiveDisplay();
  LiveDisplay(const LiveDisplay&) = delete;
  LiveDisplay& operator=(const LiveDisplay&) = delete;

  /// Begins to show the run with this directory, instead of any earlier one.
  void watch(const std::filesystem::path& run_directory);
  /// Draws the last picture, which stays.
  void stop();
  /// What only the run itself knows; any thread.
  void note(const Progress& progress);

 private:
  struct Sample {
    base::Duration time{};
    std::uint64_t ok = 0;
    base::Duration ok_latency{};
  };
  void run(const std::filesystem::path& run_directory);
  [[nodiscard]] std::optional<base::Duration> latency();

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;                     // by mutex_
  std::optional<Sample> older_;               // by mutex_; at most a second old
  std::optional<base::Duration> ok_latency_;  // by mutex_
  std::thread thread_;
};

}  // namespace capsize::harness
