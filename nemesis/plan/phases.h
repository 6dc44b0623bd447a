// Strategies as text: the `phases` of a scenario file, and the script that plays them.
//
//   "phases": [
//     {"name": "cut it off", "when": "leader", "repeat": 3, "at-most": "5s",
//      "faults": [
//        {"kind": "cut", "target": "leader", "label": "old", "hold": ["300ms", "900ms"]},
//        {"kind": "pause", "target": {"same-as": "old"}, "when": {"election": {}}, "after": "5ms",
//         "until": {"fault": {"label": "old", "moment": "ended"}}, "probability": 0.5}]}]
//
// A phase begins when the one before is over and its `when` has fired; its faults are then in play
// together; it is over when the last of them has ended, when `until` fires, or after `at-most`.
// nemesis/README.md has a worked example, scripts/scenario.schema.json the grammar for editors.
#pragma once

#include <optional>
#include <string>
#include <vector>
#include "base/json.h"

#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {

struct PhasePlan {
  Phase phase;                        // its faults not drawn yet: holds and probabilities below
  std::vector<double> probabilities;  // of each fault to be in play
  std::uint64_t repeat = 1;
};

/// Which value does not fit, and why: what was found, what was expected.
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

/// Whether a label that is spoken of has to be given to a fault of these phases.
enum class Labels { kGivenHere, kAny };

/// Everything is checked: keys, kinds, parameters, labels that nobody has, nodes beyond the
/// cluster.
[[nodiscard]] ParsedPhases parse_phases(const base::Json& value, std::size_t nodes,
                                        Labels labels = Labels::kGivenHere);
/// Plays them in their order, `repeat` times.
[[nodiscard]] std::unique_ptr<Script> play(std::vector<PhasePlan> phases, std::uint64_t repeat);

}  // namespace capsize::nemesis
