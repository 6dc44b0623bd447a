// What the engine (nemesis.h) keeps while it carries out scripts: how far each script has come,
// with the faults that still wait, and the faults that hold at the moment.
//
// What may begin beside them: a node that is stopped is left alone; faults that stop or separate
// nodes touch a minority between them, unless one is aimed beyond it, and then it is alone; or
// unless its fault spec says that the majority may go.
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

/// A fault of the phase that has not begun.
struct Waiting {
  std::shared_ptr<const PlannedFault> fault;
  std::unique_ptr<WatchList::Handle> when;  // null: none, or it has fired
  base::Duration since{};                   // since when it waits for that, or for a candidate
  base::Duration due{};                     // meaningful without `when`
};

/// How far one script has come: which phase is in play, and which of its faults still wait.
class ScriptRunner {
 public:
  ScriptRunner(std::unique_ptr<Script> script, WatchList& watches)
      : script_(std::move(script)), watches_(watches) {}

  [[nodiscard]] bool done() const { return script_ == nullptr; }
  [[nodiscard]] bool wants_phase() const { return !done() && !phase_; }
  /// Asks for the next phase. Returns it where there is one: its faults want ids.
  Phase* ask(const Situation& situation, base::Prng& prng);
  /// Starts the phase when its anchor has fired: from then on faults wait.
  void start_if_due(base::Duration now);
  /// Moves faults whose anchor has fired on to their time.
  void look_at_anchors(base::Duration now);
  /// Whether the phase has been ended from outside: by its `until`, or by its time.
  [[nodiscard]] bool cut_short(base::Duration now) const;
  void close() { phase_.reset(), started_.reset(), until_.reset(), waiting.clear(); }
  void give_up() { close(), script_.reset(); }

  /// Asked for so far.
  [[nodiscard]] std::uint64_t phases() const { return phases_; }
  [[nodiscard]] bool playing() const { return phase_.has_value() && started_.has_value(); }
  /// The phase that was asked for and has not started; null: none.
  [[nodiscard]] const Phase* open_phase() const { return phase_ ? &*phase_ : nullptr; }
  /// The phases that the script means to play and that have not started yet.
  [[nodiscard]] std::vector<std::string> unreached() const;
  /// When it wants to be looked at again at the latest.
  [[nodiscard]] std::optional<base::Duration> wake(base::Duration now) const;

  std::vector<Waiting> waiting;

 private:
  std::unique_ptr<Script> script_;
  WatchList& watches_;
  std::optional<Phase> phase_;
  std::unique_ptr<WatchList::Handle> when_;
  std::unique_ptr<WatchList::Handle> until_;
  std::optional<base::Duration> started_;
  std::uint64_t phases_ = 0;
  std::set<std::size_t> reached_;  // Phase::number of those that started
};

/// A fault that holds at the moment.
struct ActiveFault {
  std::size_t record = 0;  // of Nemesis::records()
  std::size_t script = 0;  // whose script asked for it
  const FaultKind* kind = nullptr;
  Injection injection;
  base::Duration end_at{};
  std::unique_ptr<WatchList::Handle> until;
  base::Duration period{};  // zero: no pulses
  base::Duration next_pulse{};
  std::uint64_t pulses = 0;
  base::Json pulse_evidence = base::Json::object();
};

/// Why a fault on these nodes must not begin now; empty: it may.
[[nodiscard]] std::string conflict(const FaultSpec& spec, const FaultKind& kind,
                                   const std::vector<Node>& nodes,
                                   const std::vector<ActiveFault>& active, std::size_t core_size);
/// Whether a fault active has stopped the node.
[[nodiscard]] bool stopped(const std::vector<ActiveFault>& active, Node node);

}  // namespace capsize::nemesis
