// A strategy decides which faults happen. Each file in strategies/ defines one and registers it. It
// is pure: it sees no process, socket or clock. There are two ways to write one:
//
//   faults()   fault specs, which the schedule shuffles and spreads over the run (schedule.h)
//   script()   an object that returns the next phase whenever the previous one has ended; it can do
//              everything that a scenario's phases can, and react to the cluster's state
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/prng.h"
#include "base/registry.h"
#include "nemesis/model/fault.h"

namespace capsize::nemesis {

/// A step of a script: faults that run concurrently. It ends when the last of them has ended.
struct Phase {
  std::string name = {};
  std::optional<Anchor> when = {};  // armed when the previous phase ends; without one: starts then
  std::vector<PlannedFault> faults = {};
  std::optional<Anchor> until = {};  // ends it earlier: heals active faults, skips pending ones
  base::Duration at_most{};          // the same after this time; zero: no limit
  std::size_t number = 0;            // its place in Script::phase_names(), from 1; 0: not in there
};

/// What a script knows when it chooses the next phase.
struct Situation {
  base::Duration now{};  // since the workload started
  ClusterView cluster;
  std::uint64_t phases = 0;     // requested so far, by all scripts
  std::uint64_t installed = 0;  // faults that took effect so far
};

class Script {
 public:
  virtual ~Script() = default;
  /// Returns the next phase; called when the previous one has ended. Nothing: the script is done.
  virtual std::optional<Phase> next(const Situation& situation, base::Prng& prng) = 0;
  /// The phases that it will run, each once; empty if they depend on the cluster's state.
  [[nodiscard]] virtual std::vector<std::string> phase_names() const { return {}; }
};

class Strategy {
 public:
  virtual ~Strategy();
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view summary() const = 0;
  /// Returns the same fault specs in every run, so that the seed decides their order but not
  /// whether the run meets its expectations.
  [[nodiscard]] virtual std::vector<FaultSpec> faults() const;
  /// Null: the strategy has a fault plan only.
  [[nodiscard]] virtual std::unique_ptr<Script> script() const;
  /// Whether its script takes the place of the schedule in some runs of the mixture `all`.
  [[nodiscard]] virtual bool replaces_schedule() const { return false; }
  /// Whether it belongs to a run that names no strategy. Few do, so that such a run has time for a
  /// fault of every kind that they list.
  [[nodiscard]] virtual bool by_default() const { return false; }
  /// How many nodes its faults need beside the members. A strategy with spares changes the
  /// membership; it runs only if it is named, and is not part of "all".
  [[nodiscard]] virtual std::size_t spares() const { return 0; }
};

using Strategies = base::Registry<Strategy>;

}  // namespace capsize::nemesis
