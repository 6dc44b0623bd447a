#include "harness/runner/service.h"

#include <algorithm>

#include "nemesis/fault_kind.h"

namespace capsize::harness {
namespace {

using nemesis::FaultRecord;

// After a fault has healed, this much does not count as quiet: an election may still be open.
constexpr base::Duration kAftermath = std::chrono::milliseconds(500);

bool took_hold(const FaultRecord& fault) {
  return fault.state == nemesis::FaultState::kInstalled;
}

bool hard(const FaultRecord& fault) {
  const auto* kind = nemesis::FaultKinds::instance().find(fault.fault->card.kind);
  return kind != nullptr && kind->impact() != nemesis::Impact::kDegrades;
}

struct Interval {
  base::Duration begin;
  base::Duration end;
};

/// Disjoint and ascending.
std::vector<Interval> merged(const std::vector<FaultRecord>& faults, base::Duration aftermath) {
  std::vector<Interval> intervals;
  for (const auto& fault : faults) {
    if (fault.state != nemesis::FaultState::kSkipped) {
      intervals.push_back({fault.begin, fault.end + aftermath});
    }
  }
  std::sort(intervals.begin(), intervals.end(),
            [](const auto& a, const auto& b) { return a.begin < b.begin; });
  std::vector<Interval> result;
  for (const auto& interval : intervals) {
    if (result.empty() || result.back().end < interval.begin) {
      result.push_back(interval);
    } else {
      result.back().end = std::max(result.back().end, interval.end);
    }
  }
  return result;
}

}  // namespace

ServiceAroundFault service_around(const FaultRecord& fault, const std::vector<FaultRecord>& all,
                                  const std::vector<base::Duration>& ok_writes,
                                  base::Duration load_end) {
  ServiceAroundFault service;
  const auto next = std::lower_bound(ok_writes.begin(), ok_writes.end(), fault.end);
  if (next != ok_writes.end()) service.recovery = *next - fault.end;

  // Gaps that touch [begin, end]: from the last write before it to the first one after it.
  auto it = std::lower_bound(ok_writes.begin(), ok_writes.end(), fault.begin);
  base::Duration previous = it == ok_writes.begin() ? base::Duration::zero() : *std::prev(it);
  for (; previous < fault.end; ++it) {
    const base::Duration current = it == ok_writes.end() ? load_end : *it;
    service.outage = std::max(service.outage, current - previous);
    previous = current;
    if (it == ok_writes.end()) break;
  }
  service.overlapped = std::any_of(all.begin(), all.end(), [&](const FaultRecord& other) {
    return &other != &fault && took_hold(other) && hard(other) && other.begin <= fault.end &&
           other.end > fault.end;
  });
  return service;
}

double quiet_rate(const std::vector<FaultRecord>& faults,
                  const std::vector<base::Duration>& ok_times, base::Duration load_end) {
  std::uint64_t operations = 0;
  base::Duration quiet{};
  base::Duration from{};
  const auto take = [&](base::Duration to) {
    if (to <= from) return;
    quiet += to - from;
    operations += count_between(ok_times, from, to);
  };
  for (const auto& [begin, end] : merged(faults, kAftermath)) {
    take(std::min(begin, load_end));
    from = std::max(from, end);
  }
  take(load_end);
  if (quiet == base::Duration::zero()) return 0;
  return static_cast<double>(operations) / std::chrono::duration<double>(quiet).count();
}

std::uint64_t ok_during(const std::vector<FaultRecord>& faults,
                        const std::vector<base::Duration>& ok_times) {
  std::uint64_t sum = 0;
  for (const auto& [begin, end] : merged(faults, base::Duration::zero())) {
    sum += count_between(ok_times, begin, end);
  }
  return sum;
}

}  // namespace capsize::harness
