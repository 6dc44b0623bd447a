#include "nemesis/asking.h"

namespace capsize::nemesis {

Act ask_those_up(Cluster& cluster, const std::vector<Node>& nodes, const nlohmann::json& request) {
  const ClusterView view = cluster.view();
  std::vector<Node> up;
  for (const Node node : nodes) {
    if (view.nodes[node].running && !view.nodes[node].paused) up.push_back(node);
  }
  return up.empty() ? Act{.done = true} : cluster.control(up, request);
}

Act ask_to_heal(Cluster& cluster, const std::vector<Node>& nodes, const nlohmann::json& request) {
  Act all{.done = true};
  const ClusterView view = cluster.view();
  for (const Node node : nodes) {
    if (!view.nodes[node].running) {
      all.evidence[node_name(node)] = {{"down", true}};
      continue;
    }
    const bool paused = view.nodes[node].paused;
    if (paused) cluster.resume({node});
    const Act act = cluster.control({node}, request);
    if (paused) cluster.pause({node});
    all.evidence.update(act.evidence);
    if (act.done) continue;
    all.done = false;
    all.reason = act.reason;
  }
  return all;
}

bool healed(const nlohmann::json& begin, const nlohmann::json& end) {
  for (const auto& [node, evidence] : begin.items()) {
    if (!end.contains(node)) return false;
  }
  return !begin.empty();
}

}  // namespace capsize::nemesis
