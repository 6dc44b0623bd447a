// When was there service? Computed afterwards from the acknowledged operations and the faults.
#pragma once

#include <optional>
#include <vector>

#include "base/time.h"
#include "harness/client/statistics.h"
#include "nemesis/engine/nemesis.h"

namespace capsize::harness {

/// Of one fault that took effect.
struct ServiceAroundFault {
  /// From healing to the first acknowledged write; nothing if none came any more.
  std::optional<base::Duration> recovery;
  /// The same until every node has acknowledged one (every node that ever did: some may have no
  /// client that writes).
  std::optional<base::Duration> recovery_everywhere;
  /// How long after the healing nothing else was broken, within the load: as long as that is, the
  /// recovery is this fault's alone, and can be held against a bound.
  base::Duration undisturbed{};
  /// For how much of that the disk of the machine hung, and nobody could have served.
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
/// Whether the bound was broken: it was not back everywhere, though nothing else was in the way.
[[nodiscard]] bool too_slow(const ServiceAroundFault& service, base::Duration bound);

/// Rate of ok operations a second over the time in which no fault held or was recovered from; zero
/// if there was none.
[[nodiscard]] double quiet_rate(const std::vector<nemesis::FaultRecord>& faults,
                                const std::vector<base::Duration>& ok_times,
                                base::Duration load_end);

/// Operations, whatever their outcome, that overlap a fault which took effect.
[[nodiscard]] std::uint64_t operations_under_faults(const std::vector<nemesis::FaultRecord>& faults,
                                                    const std::vector<Statistics::Span>& spans);

/// Ok operations that completed while at least one fault held.
[[nodiscard]] std::uint64_t ok_during(const std::vector<nemesis::FaultRecord>& faults,
                                      const std::vector<base::Duration>& ok_times);

}  // namespace capsize::harness
