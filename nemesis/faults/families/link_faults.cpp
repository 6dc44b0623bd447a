#include "nemesis/faults/families/link_faults.h"

#include <algorithm>
#include <functional>

namespace capsize::nemesis {
namespace {

bool contains(const std::vector<Node>& nodes, Node node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

std::vector<Link> links_where(std::size_t cluster_size,
                              const std::function<bool(Node from, Node to)>& selects) {
  std::vector<Link> links;
  for (Node from = 0; from < cluster_size; ++from) {
    for (Node to = 0; to < cluster_size; ++to) {
      if (from != to && selects(from, to)) links.emplace_back(from, to);
    }
  }
  return links;
}

}  // namespace

const Parameter kDirection{
    .name = "direction",
    .type = Parameter::Type::kChoice,
    .default_value = "both",
    .summary = "inbound: messages to the nodes; outbound: messages from them",
    .choices = {"both", "inbound", "outbound"}};

std::vector<Link> boundary_links(const Injection& injection, std::size_t cluster_size) {
  const auto direction = injection.params.value("direction", "both");
  const auto peer = [&](Node node) {
    return !contains(injection.nodes, node) &&
           (injection.peers.empty() || contains(injection.peers, node));
  };
  return links_where(cluster_size, [&](Node from, Node to) {
    const bool out = contains(injection.nodes, from) && peer(to);
    const bool in = peer(from) && contains(injection.nodes, to);
    return (out && direction != "inbound") || (in && direction != "outbound");
  });
}

std::vector<Link> incident_links(const Injection& injection, std::size_t cluster_size) {
  auto links = boundary_links(injection, cluster_size);
  // A message between two of the nodes is inbound and outbound at once, so `direction` excludes
  // none.
  const auto among = links_where(cluster_size, [&](Node from, Node to) {
    return injection.peers.empty() && contains(injection.nodes, from) &&
           contains(injection.nodes, to);
  });
  links.insert(links.end(), among.begin(), among.end());
  return links;
}

bool shows_effect(const base::Json& evidence, const char* counter) {
  return evidence.is_object() && evidence.value(counter, std::uint64_t{0}) > 0;
}

Declared LinkFault::parameters() const {
  Declared declared = {kDirection};
  for (auto& parameter : action()) declared.push_back(std::move(parameter));
  return declared;
}

std::vector<Link> LinkFault::links(const Injection& injection, std::size_t cluster_size) const {
  return incident_links(injection, cluster_size);
}

ActionResult LinkFault::begin(const Injection& injection, Cluster& cluster) const {
  const auto affected_links = links(injection, cluster.view().nodes.size());
  if (affected_links.empty())
    return {.done = false, .reason = "the fault affects no link of these nodes"};
  base::Json action = injection.params;
  action.erase("direction");
  action["kind"] = action_kind();
  return cluster.install_rule(injection.id, affected_links, action, injection.only);
}

ActionResult LinkFault::end(const Injection& injection, Cluster& cluster) const {
  return cluster.remove_rule(injection.id);
}

bool LinkFault::is_proven(const base::Json& evidence) const {
  return shows_effect(evidence["end"], counter_);
}

}  // namespace capsize::nemesis
