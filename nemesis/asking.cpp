#include "nemesis/asking.h"

namespace capsize::nemesis {
namespace {

constexpr int kAttempts = 3;

/// A new process begins without faults. In good order, so that nothing is lost that a disk holds
/// back.
Act replace(Cluster& cluster, Node node) {
  cluster.stop({node});
  Act act = cluster.restart({node});
  act.evidence[node_name(node)]["replaced"] = true;
  return act;
}

Act ask_or_replace(Cluster& cluster, Node node, const base::Json& request) {
  Act act;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    act = cluster.control({node}, request);
    if (!act.uncertain) return act;
  }
  return replace(cluster, node);
}

}  // namespace

Act ask_those_up(Cluster& cluster, const std::vector<Node>& nodes, const base::Json& request) {
  const ClusterView view = cluster.view();
  std::vector<Node> up;
  for (const Node node : nodes) {
    if (view.nodes[node].running && !view.nodes[node].paused) up.push_back(node);
  }
  return up.empty() ? Act{.done = true} : cluster.control(up, request);
}

Act ask_to_heal(Cluster& cluster, const std::vector<Node>& nodes, const base::Json& request) {
  Act all{.done = true};
  const ClusterView view = cluster.view();
  for (const Node node : nodes) {
    if (!view.nodes[node].running) {
      all.evidence[node_name(node)] = {{"down", true}};
      continue;
    }
    const bool paused = view.nodes[node].paused;
    if (paused) cluster.resume({node});
    const Act act = ask_or_replace(cluster, node, request);
    if (paused) cluster.pause({node});
    all.evidence.update(act.evidence);
    if (act.done) continue;
    all.done = false;
    all.reason = act.reason;
  }
  return all;
}

Act take_back(Cluster& cluster, const std::vector<Node>& nodes, const Act& failed,
              const base::Json& request) {
  const ClusterView view = cluster.view();
  for (const Node node : nodes) {
    if (!view.nodes[node].running) continue;  // it ended, and the process with what it was asked
    if (failed.uncertain) {
      replace(cluster, node);
    } else {
      cluster.control({node}, request);
    }
  }
  return {.done = false, .reason = failed.reason};
}

bool healed(const base::Json& begin, const base::Json& end) {
  for (const auto& [node, evidence] : begin.items()) {
    if (!end.contains(node)) return false;
  }
  return !begin.empty();
}

}  // namespace capsize::nemesis
