// Replays a run's recorded faults, to measure how often its violation recurs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/judge/outcome.h"
#include "harness/scenario/scenario.h"
#include "nemesis/plan/recorded_faults.h"

namespace capsize::harness {

/// A run as its directory describes it.
struct RecordedRun {
  Scenario scenario;  // resolved, with its seed: the operations follow from it
  nemesis::RecordedFaults faults;
  bool was_judged = true;              // false: the run was killed before it had a verdict
  std::vector<std::string> violated;   // names of the checks that were invalid
  std::vector<std::string> anomalies;  // of the linearizability check: "stale read", …
};
/// Errors name the file that is missing or wrong.
[[nodiscard]] base::Result<RecordedRun> read_run(const std::filesystem::path& directory);

/// Whether a check that the recorded run violated is violated again.
[[nodiscard]] bool came_back(const RecordedRun& recorded, const Outcome& outcome);

struct Interval {
  double low = 0;
  double high = 1;
};
/// Wilson's score interval for a share, 95 % (Wilson, JASA 22, 1927). Precondition: of > 0.
[[nodiscard]] Interval wilson(std::uint64_t times, std::uint64_t of);

}  // namespace capsize::harness
