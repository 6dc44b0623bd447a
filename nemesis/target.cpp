#include "nemesis/target.h"

#include <algorithm>
#include <array>

namespace capsize::nemesis {
namespace {

constexpr std::array<std::pair<Target, std::string_view>, 6> kNames = {{
    {Target::kOne, "one"},
    {Target::kMinority, "minority"},
    {Target::kMajority, "majority"},
    {Target::kLeader, "leader"},
    {Target::kFollowers, "followers"},
    {Target::kAll, "all"},
}};

std::size_t wanted(Target target, std::size_t nodes) {
  switch (target) {
    case Target::kOne:
    case Target::kLeader:
      return 1;
    case Target::kMinority:
      return std::max<std::size_t>(1, (nodes - 1) / 2);
    case Target::kMajority:
      return nodes / 2 + 1;
    case Target::kFollowers:
      return nodes - 1;
    case Target::kAll:
      return nodes;
  }
  return 0;
}

}  // namespace

std::string node_name(Node node) {
  return "n" + std::to_string(node + 1);
}

std::vector<Node> ClusterView::core() const {
  std::vector<Node> core;
  for (Node node = 0; node < nodes.size(); ++node) {
    if (!nodes[node].spare) core.push_back(node);
  }
  return core;
}

std::string_view name(Target target) {
  for (const auto& [value, text] : kNames) {
    if (value == target) return text;
  }
  return "?";
}

std::optional<Target> parse_target(std::string_view text) {
  for (const auto& [value, known] : kNames) {
    if (known == text) return value;
  }
  return std::nullopt;
}

std::optional<std::vector<Node>> resolve(Target target, const ClusterView& view,
                                         const std::function<bool(Node)>& eligible,
                                         base::Prng& prng) {
  const bool needs_leader = target == Target::kLeader || target == Target::kFollowers;
  if (needs_leader && !view.leader) return std::nullopt;

  std::vector<Node> candidates;
  for (Node node = 0; node < view.nodes.size(); ++node) {
    const bool leads = view.leader == node;
    if (target == Target::kLeader && !leads) continue;
    if (target == Target::kFollowers && leads) continue;
    // A spare is hit only where it leads: nobody else waits for it.
    if (view.nodes[node].spare && target != Target::kLeader) continue;
    if (eligible(node)) candidates.push_back(node);
  }
  const std::size_t count = wanted(target, view.core().size());
  if (count == 0 || candidates.size() < count) return std::nullopt;
  prng.shuffle(candidates);
  candidates.resize(count);
  std::sort(candidates.begin(), candidates.end());
  return candidates;
}

}  // namespace capsize::nemesis
