// Strategies as text: the `phases` of a scenario file, and the script that runs them.
//
//   "phases": [
//     {"name": "cut it off", "when": "leader", "repeat": 3, "at-most": "5s",
//      "faults": [
//        {"kind": "cut", "target": "leader", "label": "old", "hold": ["300ms", "900ms"]},
//        {"kind": "pause", "target": {"same-as": "old"}, "when": {"election": {}}, "after": "5ms",
//         "until": {"fault": {"label": "old", "moment": "ended"}}, "probability": 0.5}]}]
//
// A phase starts when the previous one has ended and its `when` has fired. Its faults then run
// concurrently. It ends when the last of them has ended, when `until` fires, or after `at-most`.
// nemesis/README.md has a worked example; `capsize schema` prints the grammar for editors.
#pragma once

#include <optional>
#include <string>
#include <vector>
#include "base/json.h"

#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {

struct PhasePlan {
  Phase phase;                        // before the draw: holds are ranges, all faults are present
  std::vector<double> probabilities;  // with which each fault happens
  std::uint64_t repeat = 1;
};

/// A value that is invalid: where it is, what was found and what was expected.
struct InvalidValue {
  base::JsonPlace place;
  std::string what;
};

struct ParsedPhases {
  std::vector<PhasePlan> phases;
  std::optional<InvalidValue> invalid;
  [[nodiscard]] bool ok() const { return !invalid.has_value(); }
};

inline constexpr std::size_t kPhasesMax = 1000;
inline constexpr std::size_t kFaultsPerPhaseMax = 100;
inline constexpr std::uint64_t kRepeatMax = 1'000'000;

/// Whether every label that is referred to must be the label of a fault in these phases.
enum class Labels { kDefinedHere, kAny };

/// Parses and validates the phases: keys, kinds, parameters, labels, and nodes beyond `nodes`.
/// Stops at the first invalid value.
[[nodiscard]] ParsedPhases parse_phases(const base::Json& value, std::size_t nodes,
                                        Labels labels = Labels::kDefinedHere);
/// Returns the script that runs the phases in order, `repeat` times.
[[nodiscard]] std::unique_ptr<Script> make_script(std::vector<PhasePlan> phases,
                                                  std::uint64_t repeat);

}  // namespace capsize::nemesis
