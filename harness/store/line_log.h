// An append-only file of lines with one writer, which loses nothing that it has reported: the
// ledger of a store, the log of a bisection.
//
// The writer holds a lock on the file, which the kernel releases with the process. A line is
// written and synced before append() returns, so a crash leaves at most one incomplete last line,
// which the next writer cuts off.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace capsize::harness {

class LineLog {
 public:
  /// How long to wait for the lock: a writer that was killed may still be ending.
  static constexpr std::chrono::milliseconds kLockBound{2000};

  /// Creates the file and its directory if they are missing, for the owner only. `busy`: the error
  /// if another process writes. Other errors: the file cannot be written.
  static base::Result<LineLog> open(const std::filesystem::path& path, std::string_view busy,
                                    std::chrono::milliseconds lock_bound = kLockBound);
  ~LineLog();
  LineLog(LineLog&& other) noexcept;
  LineLog& operator=(LineLog&&) = delete;

  /// Whether the file had no complete line when it was opened.
  [[nodiscard]] bool was_empty() const { return was_empty_; }
  /// Removes all lines.
  base::Status clear();
  /// Writes and syncs complete lines. After an error nothing more may be written: a failed sync may
  /// have lost the lines, and a second one would not report that.
  base::Status append(std::string_view lines);
  /// The descriptor that holds the lock.
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  LineLog(std::filesystem::path path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}

  std::filesystem::path path_;
  int descriptor_;
  bool was_empty_ = false;
};

}  // namespace capsize::harness
