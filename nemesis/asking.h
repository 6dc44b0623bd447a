// Faults that live in the process of a node are made and healed by asking it. Meanwhile other
// faults may have killed or paused it.
#pragma once

#include "nemesis/cluster.h"

namespace capsize::nemesis {

/// Asks those of the nodes that can answer, and leaves out the others.
Act ask_those_up(Cluster& cluster, const std::vector<Node>& nodes, const base::Json& request);

/// Asks all of them to heal. One that is down has nothing to heal, for a new process begins without
/// faults; its evidence is `down`. One that is paused is woken for as long as it takes: it must not
/// keep a fault that nobody takes away again. One that does not answer is replaced: it is stopped
/// in good order and started again, and its evidence is `replaced`.
Act ask_to_heal(Cluster& cluster, const std::vector<Node>& nodes, const base::Json& request);

/// Takes back what was asked for in vain: a request that nobody answered may yet be carried out, so
/// then the processes are replaced. Returns the act as one that was not done.
Act take_back(Cluster& cluster, const std::vector<Node>& nodes, const Act& failed,
              const base::Json& request);

/// Whether the evidence of ask_to_heal is there for each node that `begin` has.
[[nodiscard]] bool healed(const base::Json& begin, const base::Json& end);

}  // namespace capsize::nemesis
