#include "nemesis/in_force.h"

#include <algorithm>
#include <set>

namespace capsize::nemesis {
namespace {

std::set<Node> out_of_service(const std::vector<Active>& in_force) {
  std::set<Node> nodes;
  for (const auto& active : in_force) {
    if (active.kind->impact() == Impact::kDegrades) continue;
    nodes.insert(active.strike.nodes.begin(), active.strike.nodes.end());
  }
  return nodes;
}

}  // namespace

std::string objection(const Card& card, const FaultKind& kind, const std::vector<Node>& nodes,
                      const std::vector<Active>& in_force, std::size_t core_size) {
  if (kind.impact() == Impact::kDegrades || card.beyond_minority) return {};
  std::set<Node> out = out_of_service(in_force);
  if (beyond_minority(card.target, core_size)) {
    return out.empty() ? std::string() : "another fault was in force";
  }
  out.insert(nodes.begin(), nodes.end());
  // A cluster of one or two has no minority to spare; there every fault is worth making.
  const bool served = out.size() <= std::max<std::size_t>(1, (core_size - 1) / 2);
  return served ? std::string() : "a majority would have been out of service";
}

bool stopped(const std::vector<Active>& in_force, Node node) {
  return std::any_of(in_force.begin(), in_force.end(), [node](const Active& active) {
    const auto& nodes = active.strike.nodes;
    return active.kind->impact() == Impact::kStops &&
           std::find(nodes.begin(), nodes.end(), node) != nodes.end();
  });
}

}  // namespace capsize::nemesis
