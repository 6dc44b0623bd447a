// A strategy decides which faults happen: it puts cards into the deck that the schedule shuffles
// and deals (schedule.h). One file in strategies/ each, which registers itself; pure, it sees no
// process, socket or clock.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "nemesis/fault.h"
#include "node/base/registry.h"

namespace capsize::nemesis {

class Strategy {
 public:
  virtual ~Strategy() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view summary() const = 0;
  /// The same cards each time: a run meets its expectations by its deck, not by luck.
  [[nodiscard]] virtual std::vector<Card> deck() const = 0;
  /// Nodes that its faults need beside the cluster's members. A strategy with spares changes who
  /// the members are; it is in a run only where it is named, not with "all".
  [[nodiscard]] virtual std::size_t spares() const { return 0; }
};

using Strategies = base::Registry<Strategy>;

}  // namespace capsize::nemesis
