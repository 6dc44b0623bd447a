#include "nemesis/disk_fault.h"

#include "nemesis/asking.h"

namespace capsize::nemesis {
namespace {

using base::Json;

// A cluster that serves syncs far sooner; one that just lost its leader, or sits on a busy disk,
// not.
constexpr base::Duration kMetBound = std::chrono::milliseconds(1000);

Json disk(Json keys) {
  keys["op"] = "disk";
  return keys;
}

}  // namespace

Act DiskFault::begin(const Strike& strike, Cluster& cluster) const {
  Act made = cluster.control(strike.nodes, disk(on(strike.params)));
  if (!made.done) return take_back(cluster, strike.nodes, made, disk(off()));
  const auto count = [this](const Json& reply) { return reply.value(counter_, std::uint64_t{0}); };
  const Act met = cluster.control_until(
      strike.nodes, disk(Json::object()),
      [&](Node node, const Json& reply) {
        return count(reply) > count(made.evidence[node_name(node)]);
      },
      kMetBound);
  Act act{.done = true, .effect = met.effect};
  for (const auto& [node, before] : made.evidence.items()) {
    const auto after = met.evidence.contains(node) ? count(met.evidence[node]) : count(before);
    act.evidence[node] = {{counter_, after - count(before)}};
  }
  return act;
}

Act DiskFault::end(const Strike& strike, Cluster& cluster) const {
  return ask_to_heal(cluster, strike.nodes, disk(off()));
}

bool DiskFault::proven(const Json& evidence) const {
  for (const auto& [node, met] : evidence["begin"].items()) {
    if (met.value(counter_, 0) == 0) return false;
  }
  return healed(evidence["begin"], evidence["end"]);
}

}  // namespace capsize::nemesis
