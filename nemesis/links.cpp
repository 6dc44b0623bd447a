#include "nemesis/links.h"

#include <algorithm>

namespace capsize::nemesis {
namespace {

bool contains(const std::vector<Node>& nodes, Node node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

}  // namespace

Direction direction_of(const nlohmann::json& params) {
  const auto text = params.value("direction", "both");
  if (text == "inbound") return Direction::kInbound;
  if (text == "outbound") return Direction::kOutbound;
  return Direction::kBoth;
}

std::vector<Link> boundary(const std::vector<Node>& nodes, std::size_t cluster_size,
                           Direction direction) {
  std::vector<Link> links;
  for (Node from = 0; from < cluster_size; ++from) {
    for (Node to = 0; to < cluster_size; ++to) {
      const bool out = contains(nodes, from) && !contains(nodes, to);
      const bool in = !contains(nodes, from) && contains(nodes, to);
      if ((out && direction != Direction::kInbound) || (in && direction != Direction::kOutbound)) {
        links.emplace_back(from, to);
      }
    }
  }
  return links;
}

std::vector<Link> touching(const std::vector<Node>& nodes, std::size_t cluster_size) {
  std::vector<Link> links;
  for (Node from = 0; from < cluster_size; ++from) {
    for (Node to = 0; to < cluster_size; ++to) {
      if (from != to && (contains(nodes, from) || contains(nodes, to)))
        links.emplace_back(from, to);
    }
  }
  return links;
}

bool affected(const nlohmann::json& evidence, const char* counter) {
  return evidence.value(counter, std::uint64_t{0}) > 0;
}

}  // namespace capsize::nemesis
