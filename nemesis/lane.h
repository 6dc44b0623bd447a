// How far one script has come: which phase is in play, and which of its faults still wait.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "nemesis/strategy.h"
#include "nemesis/watch_list.h"

namespace capsize::nemesis {

/// A fault of the phase that has not begun.
struct Waiting {
  std::shared_ptr<const PlannedFault> fault;
  std::unique_ptr<WatchList::Handle> when;  // null: none, or it has fired
  base::Duration since{};                   // since when it waits for that, or for a candidate
  base::Duration due{};                     // meaningful without `when`
};

class Lane {
 public:
  Lane(std::unique_ptr<Script> script, WatchList& watches)
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
};

}  // namespace capsize::nemesis
