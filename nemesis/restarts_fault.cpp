#include "nemesis/restarts_fault.h"

#include <algorithm>

#include "nemesis/lives.h"

namespace capsize::nemesis {

using base::Json;

base::Duration RestartsFault::period(const Json& params) const {
  return std::max<base::Duration>(std::chrono::milliseconds(1), duration_of(params, "period"));
}

Act RestartsFault::end_and_start(const std::vector<Node>& nodes, Cluster& cluster) const {
  if (nodes.empty()) return {.done = true};
  const Act ended = signal_ == 9 ? cluster.kill(nodes) : cluster.stop(nodes);
  Act started = cluster.restart(nodes);
  started.evidence = {{"ended", ended.evidence}, {"started", started.evidence}};
  started.effect = ended.effect;
  return started;
}

Act RestartsFault::begin(const Strike& strike, Cluster& cluster) const {
  // Done also if a node did not come up: the end looks after it.
  Act act = end_and_start(turn(strike, 0), cluster);
  act.done = true;
  return act;
}

Act RestartsFault::pulse(const Strike& strike, Cluster& cluster, std::uint64_t count) const {
  return end_and_start(turn(strike, count + 1), cluster);
}

Act RestartsFault::end(const Strike& strike, Cluster& cluster) const {
  const ClusterView view = cluster.view();
  std::vector<Node> down;
  for (const Node node : strike.nodes) {
    if (!view.nodes[node].running) down.push_back(node);
  }
  return down.empty() ? Act{.done = true} : cluster.restart(down);
}

bool RestartsFault::proven(const Json& evidence) const {
  Json all = evidence["begin"];
  if (evidence.contains("pulse")) all.merge_patch(evidence["pulse"]);
  return all.contains("ended") && all.contains("started") && !all.contains("failed") &&
         lived_again(all["ended"], all["started"], signal_);
}

}  // namespace capsize::nemesis
