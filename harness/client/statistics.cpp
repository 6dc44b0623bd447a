#include "harness/client/statistics.h"

#include <algorithm>
#include <bit>

namespace capsize::harness {

void LatencyHistogram::add(base::Duration latency) {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(latency.count(), 1));
  const auto exponent = static_cast<std::size_t>(std::bit_width(value) - 1);
  const std::size_t sub =
      exponent < 5 ? 0 : static_cast<std::size_t>(value >> (exponent - 5)) & (kSubBuckets - 1);
  ++buckets_[std::min(exponent * kSubBuckets + sub, buckets_.size() - 1)];
  ++count_;
}

base::Duration LatencyHistogram::quantile(double q) const {
  if (count_ == 0) return {};
  const auto wanted = static_cast<std::uint64_t>(q * static_cast<double>(count_ - 1)) + 1;
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen < wanted) continue;
    const std::size_t exponent = i / kSubBuckets;
    const std::uint64_t base = std::uint64_t{1} << exponent;
    const std::uint64_t step = std::max<std::uint64_t>(base / kSubBuckets, 1);
    return base::Duration(static_cast<std::int64_t>(base + step * (i % kSubBuckets + 1)));
  }
  return {};
}

void Statistics::add(const Finished& finished, base::Duration now) {
  OutcomeCounts& counts = by_function[finished.operation.f];
  if (finished.type == EventType::kOk) ++counts.ok;
  if (finished.type == EventType::kFail) ++counts.fail;
  if (finished.type == EventType::kInfo) ++counts.info;
  latency[std::string(name(finished.type))].add(finished.latency);
  if (finished.type != EventType::kOk) return;
  ok_times.push_back(now);
  if (!workloads::only_reads(finished.operation)) ok_write_times.push_back(now);
}

OutcomeCounts Statistics::totals() const {
  OutcomeCounts sum;
  for (const auto& [function, counts] : by_function) {
    sum.ok += counts.ok;
    sum.fail += counts.fail;
    sum.info += counts.info;
  }
  return sum;
}

std::uint64_t count_between(const std::vector<base::Duration>& times, base::Duration begin,
                            base::Duration end) {
  const auto low = std::lower_bound(times.begin(), times.end(), begin);
  const auto high = std::lower_bound(low, times.end(), end);
  return static_cast<std::uint64_t>(high - low);
}

}  // namespace capsize::harness
