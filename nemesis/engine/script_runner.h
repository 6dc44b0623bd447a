// The engine's state (nemesis.h) while it runs scripts: how far each script has come, which of its
// faults are pending, and which faults are active.
//
// Which faults may overlap:
//   - a stopped node gets no other fault;
//   - faults that stop or separate nodes together take at most a minority out of service;
//   - a fault whose target may be more than a minority runs alone, except beside degrading faults;
//   - a fault spec with `beyond_minority` is exempt from both limits.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "nemesis/engine/watch_list.h"
#include "nemesis/model/fault.h"
#include "nemesis/model/fault_kind.h"
#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {

/// A fault of the current phase that has not begun.
struct PendingFault {
  std::shared_ptr<const PlannedFault> fault;
  std::unique_ptr<WatchList::Handle> when;  // null: the fault has no anchor, or it has fired
  base::Duration since{};                   // when it began to wait for its anchor
  base::Duration due{};                     // meaningful when `when` is null
};

/// Runs one script: requests its phases one after the other, and keeps the current phase with those
/// of its faults that are pending. Begins no fault; the engine does.
class ScriptRunner {
 public:
  ScriptRunner(std::unique_ptr<Script> script, WatchList& watches)
      : script_(std::move(script)), watches_(watches) {}

  [[nodiscard]] bool done() const { return script_ == nullptr; }
  [[nodiscard]] bool wants_phase() const { return !done() && !phase_; }
  /// Requests the next phase and arms its anchor. Returns the phase, so that the engine can give
  /// its faults ids; null: the script is done.
  Phase* request_phase(const Situation& situation, base::Prng& prng);
  /// Starts the requested phase if its anchor has fired: its faults are pending from then on.
  void start_phase_if_due(base::Duration now);
  /// Sets the due time of pending faults whose anchor has fired.
  void poll_anchors(base::Duration now);
  /// Whether the started phase must end although faults are unfinished: its `until` has fired, or
  /// `at-most` has passed.
  [[nodiscard]] bool must_end_phase(base::Duration now) const;
  void end_phase() { phase_.reset(), started_.reset(), until_.reset(), pending.clear(); }
  void abandon() { end_phase(), script_.reset(); }

  /// How many phases were requested so far.
  [[nodiscard]] std::uint64_t phases_requested() const { return phases_; }
  [[nodiscard]] bool phase_started() const { return phase_.has_value() && started_.has_value(); }
  /// The phase that was requested and has not ended; null: none.
  [[nodiscard]] const Phase* current_phase() const { return phase_ ? &*phase_ : nullptr; }
  /// Names of the phases that the script announces (Script::phase_names) and that have not started.
  [[nodiscard]] std::vector<std::string> unreached_phases() const;
  /// When the engine must step the script again at the latest; nothing: it only waits for active
  /// faults to end, or is done.
  [[nodiscard]] std::optional<base::Duration> next_step(base::Duration now) const;

  std::vector<PendingFault> pending;

 private:
  std::unique_ptr<Script> script_;
  WatchList& watches_;
  std::optional<Phase> phase_;
  std::unique_ptr<WatchList::Handle> when_;
  std::unique_ptr<WatchList::Handle> until_;
  std::optional<base::Duration> started_;
  std::uint64_t phases_ = 0;
  std::set<std::size_t> reached_;  // Phase::number of the phases that started
};

/// A fault between its begin and its end.
struct ActiveFault {
  std::size_t record = 0;  // of Nemesis::records()
  std::size_t script = 0;  // index of the script that requested it
  const FaultKind* kind = nullptr;
  Injection injection;
  base::Duration end_at{};
  std::unique_ptr<WatchList::Handle> until;
  base::Duration period{};  // zero: no pulses
  base::Duration next_pulse{};
  std::uint64_t pulses = 0;
  base::Json pulse_evidence = base::Json::object();
};

/// Returns why a fault on these nodes must not begin now; empty: it may.
[[nodiscard]] std::string find_conflict(const FaultSpec& spec, const FaultKind& kind,
                                        const std::vector<Node>& nodes,
                                        const std::vector<ActiveFault>& active,
                                        std::size_t core_size);
/// Whether an active fault has stopped the node.
[[nodiscard]] bool is_stopped(const std::vector<ActiveFault>& active, Node node);

}  // namespace capsize::nemesis
