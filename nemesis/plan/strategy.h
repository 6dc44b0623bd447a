// A strategy decides which faults happen. One file in strategies/ each, which registers itself;
// pure, it sees no process, socket or clock. There are two ways to write one, and each can do what
// a scenario's phases can:
//
//   faults()   fault specs that the schedule shuffles and deals over the time of the run
//   (schedule.h) script() an object that is asked for its next phase whenever the one before is
//   over
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

/// Faults that are in play together. It is over when the last of them has ended.
struct Phase {
  std::string name = {};
  std::optional<Anchor> when = {};  // armed when the phase before is over; without one: at once
  std::vector<PlannedFault> faults = {};
  std::optional<Anchor> until = {};  // ends it earlier: heals what is in force, skips what waits
  base::Duration at_most{};          // the same after this time; zero: never
  std::size_t number = 0;            // its place in Script::phase_names(), from 1; 0: in none
};

/// What a script may go by.
struct Situation {
  base::Duration now{};  // since the start of the load
  ClusterView cluster;
  std::uint64_t phases = 0;     // asked for so far
  std::uint64_t installed = 0;  // faults that took hold so far
};

class Script {
 public:
  virtual ~Script() = default;
  /// Asked when the phase before is over; nothing: there will be no other.
  virtual std::optional<Phase> next(const Situation& situation, base::Prng& prng) = 0;
  /// The phases that it means to play, each once; empty where that follows from what happens.
  [[nodiscard]] virtual std::vector<std::string> phase_names() const { return {}; }
};

class Strategy {
 public:
  virtual ~Strategy();
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view summary() const = 0;
  /// The same fault specs each time: a run meets its expectations by its fault plan, not by luck.
  [[nodiscard]] virtual std::vector<FaultSpec> faults() const;
  /// Null: it has a fault plan only.
  [[nodiscard]] virtual std::unique_ptr<Script> script() const;
  /// Whether it is in a run that names no strategy. Few are: such a run keeps what it promises.
  [[nodiscard]] virtual bool by_default() const { return false; }
  /// Nodes that its faults need beside the cluster's members. A strategy with spares changes who
  /// the members are; it is in a run only where it is named, not with "all".
  [[nodiscard]] virtual std::size_t spares() const { return 0; }
};

using Strategies = base::Registry<Strategy>;

}  // namespace capsize::nemesis
