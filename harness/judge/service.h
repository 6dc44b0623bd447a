// When did the cluster serve clients? Computed after the run from acknowledged operations and
// faults.
#pragma once

#include <optional>
#include <vector>

#include "base/time.h"
#include "harness/client/statistics.h"
#include "nemesis/engine/nemesis.h"

namespace capsize::harness {

/// The service around one fault that took effect.
struct ServiceAroundFault {
  /// From healing to the first acknowledged write; nothing if there was none.
  std::optional<base::Duration> recovery;
  /// From healing until every node has acknowledged a write (every node that ever did: some may
  /// have no client that writes).
  std::optional<base::Duration> recovery_everywhere;
  /// How long after healing no other fault was active, within the load: for that long the recovery
  /// is due to this fault alone and can be compared with a bound.
  base::Duration undisturbed{};
  /// How long of that the machine's own disk hung, so that no node could have served.
  base::Duration disk_hung{};
  /// The longest time without an acknowledged write that touches the fault.
  base::Duration outage{};
  /// Whether another stopping or separating fault was active at the healing, so that the recovery
  /// is not this fault's alone.
  bool overlapped = false;
};

[[nodiscard]] ServiceAroundFault service_around(const nemesis::FaultRecord& fault,
                                                const std::vector<nemesis::FaultRecord>& all,
                                                const Statistics& statistics,
                                                base::Duration load_end);
/// Whether recovery everywhere took longer than the bound although no other fault was active.
[[nodiscard]] bool too_slow(const ServiceAroundFault& service, base::Duration bound);

/// A time without service within the load.
struct Outage {
  base::Duration begin{};  // the last acknowledged write before it
  base::Duration end{};
  [[nodiscard]] base::Duration length() const { return end - begin; }
};
/// Returns the longest time without an acknowledged write, from the first one to the end of the
/// load. Empty (length 0) if there was none: a cluster that never served is not out of service.
[[nodiscard]] Outage longest_outage(const std::vector<base::Duration>& ok_write_times,
                                    base::Duration load_end);

/// Returns the ok operations per second over the time without an active fault or a recovery; zero
/// if there was no such time.
[[nodiscard]] double quiet_rate(const std::vector<nemesis::FaultRecord>& faults,
                                const std::vector<base::Duration>& ok_times,
                                base::Duration load_end);

/// Returns the number of operations, whatever their outcome, that overlap a fault which took
/// effect.
[[nodiscard]] std::uint64_t operations_under_faults(const std::vector<nemesis::FaultRecord>& faults,
                                                    const std::vector<Statistics::Span>& spans);

/// Returns the number of ok operations that completed while at least one fault was active.
[[nodiscard]] std::uint64_t ok_during(const std::vector<nemesis::FaultRecord>& faults,
                                      const std::vector<base::Duration>& ok_times);

}  // namespace capsize::harness
