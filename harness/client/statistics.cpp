#include "harness/client/statistics.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/check.h"

namespace capsize::harness {

// Below 2^7 each number has its own bucket. Above, the leading one and the seven bits after it are
// the bucket, so that a bucket of [x, x + w) has w <= x / 128.
std::size_t LatencyHistogram::bucket_of(std::uint64_t nanoseconds) {
  const auto width = static_cast<unsigned>(std::bit_width(nanoseconds));
  if (width <= kBitsInBucket) return nanoseconds;
  const unsigned shift = width - kBitsInBucket - 1;
  const std::size_t within = (nanoseconds >> shift) - (std::size_t{1} << kBitsInBucket);
  return (std::size_t{shift + 1} << kBitsInBucket) + within;
}

std::uint64_t LatencyHistogram::upper_bound_of(std::size_t bucket) {
  const std::size_t group = bucket >> kBitsInBucket;
  if (group == 0) return bucket;
  const std::uint64_t within = bucket - (group << kBitsInBucket);
  const std::uint64_t next = (std::uint64_t{1} << kBitsInBucket) + within + 1;
  return (next << (group - 1)) - 1;
}

void LatencyHistogram::add(base::Duration latency) {
  ++counts_[bucket_of(static_cast<std::uint64_t>(std::max<std::int64_t>(latency.count(), 0)))];
  ++count_;
  max_ = std::max(max_, latency);
}

base::Duration LatencyHistogram::quantile(double q) const {
  CHECK(q >= 0 && q <= 1, "a quantile is of a part of the whole");
  const auto rank = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    seen += counts_[bucket];
    if (seen >= rank && seen > 0) {
      return std::min(base::Duration(static_cast<std::int64_t>(upper_bound_of(bucket))), max_);
    }
  }
  return {};
}

void Statistics::add(const Finished& finished, base::Duration now) {
  OutcomeCounts& counts = by_function[finished.operation.f];
  if (finished.type == EventType::kOk) ++counts.ok;
  if (finished.type == EventType::kFail) ++counts.fail;
  if (finished.type == EventType::kInfo) ++counts.info;
  latency[std::string(name(finished.type))].add(finished.latency);
  spans.push_back({now - finished.latency, now});
  if (finished.type != EventType::kOk) {
    auto& errors_of_function = errors[finished.operation.f];
    if (errors_of_function.size() < kErrorsMax || errors_of_function.contains(finished.error)) {
      ++errors_of_function[finished.error];
    }
    return;
  }
  ok_times.push_back(now);
  if (workloads::only_reads(finished.operation)) return;
  ok_write_times.push_back(now);
  if (ok_writes_by_node.size() <= finished.node) ok_writes_by_node.resize(finished.node + 1);
  ok_writes_by_node[finished.node].push_back(now);
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
