#include "nemesis/link_fault.h"

namespace capsize::nemesis {

Declared LinkFault::parameters() const {
  Declared declared = {kDirection};
  for (auto& parameter : action()) declared.push_back(std::move(parameter));
  return declared;
}

std::vector<Link> LinkFault::links(const Strike& strike, std::size_t cluster_size) const {
  return touching(strike, cluster_size);
}

Act LinkFault::begin(const Strike& strike, Cluster& cluster) const {
  const auto affected_links = links(strike, cluster.view().nodes.size());
  if (affected_links.empty()) return {.done = false, .reason = "no link leads out of the target"};
  base::Json action = strike.params;
  action.erase("direction");
  action["kind"] = action_kind();
  return cluster.install_rule(strike.id, affected_links, action, strike.only);
}

Act LinkFault::end(const Strike& strike, Cluster& cluster) const {
  return cluster.remove_rule(strike.id);
}

bool LinkFault::proven(const base::Json& evidence) const {
  return affected(evidence["end"], counter_);
}

}  // namespace capsize::nemesis
