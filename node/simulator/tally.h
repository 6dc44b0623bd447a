// Counts and prints the workers' results: violations at once, the totals at the end.
#pragma once

#include <chrono>
#include <string>

#include "node/simulator/options.h"
#include "node/simulator/workers.h"

namespace capsize::simulator {

inline constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;

class Tally : public WorkerEvents {
 public:
  /// `interrupted` is called at least twice a second.
  Tally(const Options& options, std::function<bool()> interrupted);
  void finished(const SeedSummary& summary) override;
  void died(std::uint64_t seed, int wait_status) override;
  bool should_continue() override;

  [[nodiscard]] std::size_t violations() const { return violations_; }
  void print_totals() const;

 private:
  [[nodiscard]] double speed() const;
  void violation(std::uint64_t seed, const std::string& what);
  /// On a terminal one line that is overwritten; otherwise a new line from time to time.
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
