#include "harness/page/run_series.h"

#include <algorithm>
#include <limits>

namespace capsize::harness {
namespace {

constexpr std::uint32_t kBinsMin = 20;
constexpr std::uint32_t kBinsMax = 600;
constexpr double kBinNs = 100e6;  // wanted: wide enough for a rate that people can compare

/// Reorders `durations`.
float quantile_ms(std::vector<std::uint32_t>& durations, double share, std::int64_t tick_ns) {
  const auto rank = static_cast<std::size_t>(share * static_cast<double>(durations.size() - 1));
  const auto at = durations.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(durations.begin(), at, durations.end());
  return static_cast<float>(static_cast<double>(*at) * static_cast<double>(tick_ns) / 1e6);
}

/// The durations of the operations of one outcome, by the bin in which they completed.
std::vector<std::vector<std::uint32_t>> durations_of(const RunOperations& operations,
                                                     std::uint8_t outcome, const RunSeries& all) {
  std::vector<std::vector<std::uint32_t>> bins(all.bins);
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (operations.outcome[i] != outcome) continue;
    if (operations.duration[i] == RunOperations::kNoDuration) continue;
    bins[operations.end_of(i) / all.width].push_back(operations.duration[i]);
  }
  return bins;
}

}  // namespace

RunSeries series_of(const RunOperations& operations) {
  RunSeries all;
  const double span_ns =
      static_cast<double>(operations.span) * static_cast<double>(operations.tick_ns);
  all.bins = std::clamp(static_cast<std::uint32_t>(span_ns / kBinNs), kBinsMin, kBinsMax);
  all.width = operations.span / all.bins + 1;
  for (std::uint8_t outcome = 0; outcome < all.outcomes.size(); ++outcome) {
    OutcomeSeries& series = all.outcomes[outcome];
    for (auto& durations : durations_of(operations, outcome, all)) {
      constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
      const bool any = !durations.empty();
      series.count.push_back(static_cast<std::uint32_t>(durations.size()));
      series.p50.push_back(any ? quantile_ms(durations, 0.50, operations.tick_ns) : kNone);
      series.p95.push_back(any ? quantile_ms(durations, 0.95, operations.tick_ns) : kNone);
      series.p99.push_back(any ? quantile_ms(durations, 0.99, operations.tick_ns) : kNone);
    }
  }
  return all;
}

}  // namespace capsize::harness
