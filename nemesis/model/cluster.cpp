#include "nemesis/model/cluster.h"

#include "node/wire/header.h"

namespace capsize::nemesis {

std::uint32_t wire_number(Node node) {
  return static_cast<std::uint32_t>(node) + 1;
}

std::string node_name(Node node) {
  return wire::node_name(wire_number(node));
}

std::optional<Node> node_of(std::string_view name) {
  const auto number = wire::parse_node_name(name);
  if (!number) return std::nullopt;
  return Node{*number} - 1;
}

std::string node_range(std::size_t cluster_size) {
  return node_name(0) + " to " + node_name(cluster_size - 1);
}

base::Json node_names(const std::vector<Node>& nodes) {
  base::Json names = base::Json::array();
  for (const Node node : nodes) names.push_back(node_name(node));
  return names;
}

std::vector<Node> ClusterView::core() const {
  std::vector<Node> core;
  for (Node node = 0; node < nodes.size(); ++node) {
    if (!nodes[node].spare) core.push_back(node);
  }
  return core;
}

}  // namespace capsize::nemesis
