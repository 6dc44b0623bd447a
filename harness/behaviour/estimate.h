// How much a store has not seen yet, from what it has seen: the more behaviours only one run has
// shown, the more there are that none has (Good, "The population frequencies of species and the
// estimation of population parameters", Biometrika 1953). The formulas are those for species in
// samples (Chao and Jost, "Coverage-based rarefaction and extrapolation", Ecology 2012; Colwell et
// al., J. Plant Ecology 2012): a run is a sample, a behaviour a species.
//
// They assume that the runs are drawn alike. Runs of other scenarios than before bring more than
// predicted.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/behaviour/behaviour_record.h"

namespace capsize::harness {

/// A store after `runs` runs.
struct BehaviourPoint {
  std::uint64_t runs = 0;
  std::uint64_t seen = 0;        // different behaviours
  std::uint64_t fresh = 0;       // that the last run was the first to show
  std::uint64_t once = 0;        // shown by exactly one run
  std::uint64_t twice = 0;       // by exactly two
  std::uint64_t incidences = 0;  // sum over all runs of their different behaviours
};

/// One point for each run, in their order.
[[nodiscard]] std::vector<BehaviourPoint> curve(const BehaviourRecord& record);

/// The expected share of the next run's behaviours that no run has shown: 0 to 1. 1 before any run.
[[nodiscard]] double unseen_share(const BehaviourPoint& point);
/// How many new behaviours `further` runs are expected to show together.
[[nodiscard]] double expected_new(const BehaviourPoint& point, std::uint64_t further);

}  // namespace capsize::harness
