// Budget: the bounds of a check, time and memory.
//
// One budget covers one file, from the start of loading to the last explanation. Work is never
// interrupted: each worker checks the clock every few thousand steps, so the work between two
// checks has to be short. Memory is accounted for, not measured: the parts that can grow without a
// natural limit (events, values, visited states) report how much they hold.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

namespace capsize::checker {

/// A bound ended the work; the reason names it.
struct LimitReached {
  std::string reason;
};

class Budget {
 public:
  using Clock = std::chrono::steady_clock;

  Budget(std::chrono::nanoseconds time_limit, std::uint64_t memory_limit_bytes)
      : start_(Clock::now()), time_limit_(time_limit), memory_limit_bytes_(memory_limit_bytes) {}

  [[nodiscard]] bool time_is_up() const { return Clock::now() - start_ >= time_limit_; }
  [[nodiscard]] std::chrono::nanoseconds elapsed() const { return Clock::now() - start_; }
  [[nodiscard]] std::chrono::nanoseconds left() const {
    return std::max(std::chrono::nanoseconds(0), time_limit_ - elapsed());
  }
  [[nodiscard]] std::chrono::nanoseconds time_limit() const { return time_limit_; }
  [[nodiscard]] std::uint64_t memory_limit_bytes() const { return memory_limit_bytes_; }
  /// As reasons call it: "the time bound of 2.5 s".
  [[nodiscard]] std::string time_bound() const;
  [[nodiscard]] double seconds() const { return std::chrono::duration<double>(elapsed()).count(); }

 private:
  Clock::time_point start_;
  std::chrono::nanoseconds time_limit_;
  std::uint64_t memory_limit_bytes_;
};

}  // namespace capsize::checker
