// Throughput and latency of a run over time, by outcome.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "harness/page/run_operations.h"

namespace capsize::harness {

struct OutcomeSeries {
  std::vector<std::uint32_t> count;  ///< completed in each bin
  /// Milliseconds from invocation to completion; NaN where nothing completed.
  std::vector<float> p50, p95, p99;
};

struct RunSeries {
  std::uint32_t bins = 0;
  std::uint32_t width = 0;                ///< ticks of a bin
  std::array<OutcomeSeries, 3> outcomes;  ///< ok, fail, info
};

/// Operations without a completion are in no bin. O(n).
[[nodiscard]] RunSeries series_of(const RunOperations& operations);

}  // namespace capsize::harness
