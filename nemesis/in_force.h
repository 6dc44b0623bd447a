// The faults that hold at the moment, and what may be added to them.
//
// A node that is stopped is left alone; faults that stop or separate nodes touch a minority between
// them, unless one is aimed beyond it, and then it is alone; or unless its card says that the
// majority may go.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "nemesis/fault.h"
#include "nemesis/fault_kind.h"
#include "nemesis/watch_list.h"

namespace capsize::nemesis {

struct Active {
  std::size_t record = 0;  // of Nemesis::records()
  std::size_t lane = 0;    // whose script asked for it
  const FaultKind* kind = nullptr;
  Strike strike;
  base::Duration end_at{};
  std::unique_ptr<WatchList::Handle> until;
  base::Duration period{};  // zero: no pulses
  base::Duration next_pulse{};
  std::uint64_t pulses = 0;
  base::Json pulse_evidence = base::Json::object();
};

/// Why a fault on these nodes must not begin now; empty: it may.
[[nodiscard]] std::string objection(const Card& card, const FaultKind& kind,
                                    const std::vector<Node>& nodes,
                                    const std::vector<Active>& in_force, std::size_t core_size);
/// Whether a fault in force has stopped the node.
[[nodiscard]] bool stopped(const std::vector<Active>& in_force, Node node);

}  // namespace capsize::nemesis
