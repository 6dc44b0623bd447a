// Counts and prints what the workers tell: violations at once, the sum at the end.
#pragma once

#include <chrono>
#include <string>

#include "node/simulator/options.h"
#include "node/simulator/workers.h"

namespace capsize::simulator {

inline constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;

class Tally : public WorkerEvents {
 public:
  /// `interrupted` is asked at least twice a second.
  Tally(const Options& options, std::function<bool()> interrupted);
  void finished(const SeedSummary& summary) override;
  void died(std::uint64_t seed, int wait_status) override;
  bool go_on() override;

  [[nodiscard]] std::size_t violations() const { return violations_; }
  void print_sum() const;

 private:
  [[nodiscard]] double speed() const;
  void violation(std::uint64_t seed, const std::string& what);
  /// One line that is written over on a terminal; a line now and then in a pipe.
  void progress();
  void clear_line() const;

  const Options& options_;
  const std::function<bool()> interrupted_;
  const bool terminal_;
  SeedSummary sum_;
  std::uint64_t seeds_ = 0;
  std::size_t violations_ = 0;
  std::chrono::steady_clock::time_point next_progress_;
};

}  // namespace capsize::simulator
