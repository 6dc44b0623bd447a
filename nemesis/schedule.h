// The schedule: which cards are dealt, in which order, when, and for how long. All of it follows
// from the seed, without a cluster; `capsize plan` prints it.
//
// The deck is fixed, its order is not. Cards that stop or separate nodes are dealt one after the
// other with room to recover; cards that degrade the network have a lane of their own and lie
// across them, so that faults overlap. A quiet time at the start shows the cluster healthy, one at
// the end lets it heal within the load.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nemesis/deck.h"
#include "nemesis/fault.h"
#include "nemesis/strategy.h"

namespace capsize::nemesis {

struct ScheduleOptions {
  base::Duration time_limit{};
  base::Duration lead_in = std::chrono::milliseconds(1000);
  base::Duration tail = std::chrono::milliseconds(1200);
  /// From one stopping or separating fault to the next; the deck is repeated, or cut short, to fit.
  base::Duration spacing = std::chrono::milliseconds(1150);
  /// So many degrading faults to one that stops or separates.
  double degrading_share = 1.0 / 3;
  std::uint64_t seed = 0;
};

/// Everything at once: a script of one phase.
[[nodiscard]] std::unique_ptr<Script> dealt(std::vector<PlannedFault> schedule);

/// Sorted by time, ids from 1. Empty when there is no card or no time between the quiet ends.
[[nodiscard]] std::vector<PlannedFault> make_schedule(const std::vector<Deck>& decks,
                                                      const ScheduleOptions& options);
/// Other options for each seed: how dense the faults are, how many of them degrade.
[[nodiscard]] ScheduleOptions draw_options(ScheduleOptions options, base::Prng& prng);

}  // namespace capsize::nemesis
