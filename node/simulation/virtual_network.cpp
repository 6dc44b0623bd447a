#include "node/simulation/virtual_network.h"

namespace capsize::simulation {

std::vector<base::Duration> VirtualNetwork::transmit(raft::NodeId from, raft::NodeId to) {
  std::vector<base::Duration> arrivals;
  if (is_cut(from, to) || random_.chance(options_.loss)) return arrivals;
  arrivals.push_back(delay());
  if (random_.chance(options_.duplication)) arrivals.push_back(delay());
  return arrivals;
}

base::Duration VirtualNetwork::delay() {
  const bool straggles = random_.chance(options_.straggler);
  return random_.between(options_.delay_min,
                         straggles ? options_.straggler_max : options_.delay_max);
}

}  // namespace capsize::simulation
