#include "harness/client/statistics.h"

#include <algorithm>

namespace capsize::harness {

void Statistics::add(const Finished& finished, base::Duration now) {
  OutcomeCounts& counts = by_function[finished.operation.f];
  if (finished.type == EventType::kOk) ++counts.ok;
  if (finished.type == EventType::kFail) ++counts.fail;
  if (finished.type == EventType::kInfo) ++counts.info;
  latency[std::string(name(finished.type))].add(finished.latency);
  if (finished.type != EventType::kOk) return;
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
