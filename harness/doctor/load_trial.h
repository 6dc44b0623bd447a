// Which load this machine bears: short runs without faults, at increasing rates.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace capsize::harness {

/// One run of the trial.
struct TrialStep {
  double rate = 0;       // operations a second that were asked for
  double reached = 0;    // and that clients completed
  base::Duration lag{};  // of the harness's own timers, at worst
  std::string problem;   // why the run has no verdict valid; empty: it has
  bool interrupted = false;
};

/// A machine bears a rate if its run is valid, at least 75 % of the rate is reached (until there is
/// a first leader, clients wait), and timers lag by less than this. Above 200 ms a late node would
/// be a harness error (docs/FORMATS.md).
inline constexpr base::Duration kTrialLagMax = std::chrono::milliseconds(50);
[[nodiscard]] bool is_borne(const TrialStep& step);

/// The highest rate up to the first that was not borne; nothing if that is the first. Faults and
/// the checks of several runs at a time need the other half: `--rate` should be half of it.
[[nodiscard]] std::optional<double> borne_rate(const std::vector<TrialStep>& steps);

/// Runs of 0.8 s in `directory` with the programs in `binaries`, about five seconds in all, until a
/// rate is not borne.
[[nodiscard]] std::vector<TrialStep> try_load(const std::filesystem::path& binaries,
                                              const std::filesystem::path& directory);

}  // namespace capsize::harness
