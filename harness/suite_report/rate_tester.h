// The test of one group's failure rate: looks, p-value, and whether further runs can decide it.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <tuple>
#include <vector>

#include "harness/statistics/sequential_test.h"

namespace capsize::harness {

/// Computes what SequentialTest does, and remembers it: a report that is written every few seconds
/// asks the same again. May be used by several threads.
class RateTester {
 public:
  using Counts = std::vector<std::uint64_t>;

  [[nodiscard]] double p_value(const Share& before, const Counts& looks, const Counts& failed);

  /// Whether further runs are unlikely to show at `level` that failures are more frequent: with a
  /// probability below 20 %, even if they fail as often as the upper bound (95 %, one-sided) of the
  /// runs so far. Without a failure so far, too. It ends a test early and never makes it positive,
  /// so it needs no correction.
  [[nodiscard]] bool is_futile(const Share& before, const Counts& looks, const Counts& failed,
                               double level);

 private:
  using Key = std::tuple<std::uint64_t, std::uint64_t, Counts>;

  std::mutex mutex_;
  std::map<std::pair<Key, Counts>, double> p_values_;
  std::map<std::pair<Key, double>, Counts> needed_;
};

}  // namespace capsize::harness
