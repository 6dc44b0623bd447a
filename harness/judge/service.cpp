#include "harness/judge/service.h"

#include <algorithm>

#include "nemesis/model/fault_kind.h"

namespace capsize::harness {
namespace {

using nemesis::FaultRecord;

// After a fault has healed, this much does not count as quiet: an election may still be open.
constexpr base::Duration kAftermath = std::chrono::milliseconds(500);

bool took_effect(const FaultRecord& fault) {
  return fault.state == nemesis::FaultState::kInstalled;
}

bool hard(const FaultRecord& fault) {
  const auto* kind = nemesis::FaultKinds::instance().find(fault.fault->spec.kind);
  return kind != nullptr && kind->impact() != nemesis::Impact::kDegrades;
}

struct Disturbance {
  base::Duration begin;
  base::Duration end;
};

/// Disjoint and ascending.
std::vector<Disturbance> merged(const std::vector<FaultRecord>& faults, base::Duration aftermath) {
  std::vector<Disturbance> intervals;
  for (const auto& fault : faults) {
    if (fault.state != nemesis::FaultState::kSkipped) {
      intervals.push_back({fault.begin, fault.end + aftermath});
    }
  }
  std::sort(intervals.begin(), intervals.end(),
            [](const auto& a, const auto& b) { return a.begin < b.begin; });
  std::vector<Disturbance> result;
  for (const auto& interval : intervals) {
    if (result.empty() || result.back().end < interval.begin) {
      result.push_back(interval);
    } else {
      result.back().end = std::max(result.back().end, interval.end);
    }
  }
  return result;
}

std::optional<base::Duration> first_after(const std::vector<base::Duration>& times,
                                          base::Duration healed) {
  const auto next = std::lower_bound(times.begin(), times.end(), healed);
  if (next == times.end()) return std::nullopt;
  return *next - healed;
}

std::optional<base::Duration> everywhere_after(
    const std::vector<std::vector<base::Duration>>& by_node, base::Duration healed) {
  std::optional<base::Duration> last;
  for (const auto& times : by_node) {
    if (times.empty()) continue;
    const auto first = first_after(times, healed);
    if (!first) return std::nullopt;
    last = std::max(last.value_or(base::Duration::zero()), *first);
  }
  return last;
}

base::Duration undisturbed_after(const FaultRecord& fault, const std::vector<FaultRecord>& all,
                                 base::Duration load_end) {
  base::Duration until = load_end;
  for (const auto& other : all) {
    if (&other == &fault || other.state == nemesis::FaultState::kSkipped) continue;
    if (other.end <= fault.end) continue;
    until = std::min(until, std::max(other.begin, fault.end));
  }
  return std::max(until - fault.end, base::Duration::zero());
}

}  // namespace

bool too_slow(const ServiceAroundFault& service, base::Duration bound) {
  if (service.recovery_everywhere && *service.recovery_everywhere <= bound) return false;
  return service.undisturbed > bound;
}

ServiceAroundFault service_around(const FaultRecord& fault, const std::vector<FaultRecord>& all,
                                  const Statistics& statistics, base::Duration load_end) {
  const auto& ok_writes = statistics.ok_write_times;
  ServiceAroundFault service;
  service.recovery = first_after(ok_writes, fault.end);
  service.recovery_everywhere = everywhere_after(statistics.ok_writes_by_node, fault.end);
  service.undisturbed = undisturbed_after(fault, all, load_end);

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
    return &other != &fault && took_effect(other) && hard(other) && other.begin <= fault.end &&
           other.end > fault.end;
  });
  return service;
}

Outage longest_outage(const std::vector<base::Duration>& ok_write_times, base::Duration load_end) {
  Outage longest;
  const auto consider = [&](base::Duration begin, base::Duration end) {
    const Outage outage{begin, std::min(end, load_end)};  // writes continue after the load
    if (outage.length() > longest.length()) longest = outage;
  };
  for (std::size_t i = 0; i < ok_write_times.size(); ++i) {
    const bool last = i + 1 == ok_write_times.size();
    consider(ok_write_times[i], last ? load_end : ok_write_times[i + 1]);
  }
  return longest;
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

std::uint64_t operations_under_faults(const std::vector<FaultRecord>& faults,
                                      const std::vector<Statistics::Span>& spans) {
  std::vector<FaultRecord> effective;
  for (const auto& fault : faults) {
    if (took_effect(fault)) effective.push_back(fault);
  }
  const auto intervals = merged(effective, base::Duration::zero());
  return static_cast<std::uint64_t>(
      std::count_if(spans.begin(), spans.end(), [&](const Statistics::Span& span) {
        // The first that ends after the operation began: does it begin before the operation ends?
        const auto fault = std::partition_point(
            intervals.begin(), intervals.end(),
            [&](const Disturbance& interval) { return interval.end <= span.begin; });
        return fault != intervals.end() && fault->begin < span.end;
      }));
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
