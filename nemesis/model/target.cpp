#include "nemesis/model/target.h"

#include "base/mismatch.h"

#include <algorithm>
#include <array>

namespace capsize::nemesis {

// Defined out of line: inline definitions would be initialised once in each file that includes the
// header. Nothing uses them before main().
const Target Target::kOne{Select::kOne};
const Target Target::kFollower{Select::kFollower};
const Target Target::kMinority{Select::kMinority};
const Target Target::kMajority{Select::kMajority};
const Target Target::kLeader{Select::kLeader};
const Target Target::kLeaderMinority{Select::kLeaderMinority};
const Target Target::kFollowers{Select::kFollowers};
const Target Target::kAll{Select::kAll};
namespace {

// Selections without an argument.
constexpr std::array<std::pair<Select, std::string_view>, 8> kWords = {{
    {Select::kOne, "one"},
    {Select::kFollower, "follower"},
    {Select::kMinority, "minority"},
    {Select::kMajority, "majority"},
    {Select::kLeader, "leader"},
    {Select::kLeaderMinority, "leader-minority"},
    {Select::kFollowers, "followers"},
    {Select::kAll, "all"},
}};

std::size_t largest_minority(std::size_t nodes) {
  return std::max<std::size_t>(1, (nodes - 1) / 2);
}

std::size_t size_of_selection(Select select, std::size_t nodes) {
  switch (select) {
    case Select::kOne:
    case Select::kFollower:
    case Select::kLeader:
      return 1;
    case Select::kMinority:
    case Select::kLeaderMinority:
      return largest_minority(nodes);
    case Select::kMajority:
      return nodes / 2 + 1;
    case Select::kFollowers:
      return nodes - 1;
    default:
      return nodes;
  }
}

std::optional<std::vector<Node>> all_if_eligible(std::vector<Node> nodes, std::size_t cluster_size,
                                                 const std::function<bool(Node)>& eligible) {
  std::sort(nodes.begin(), nodes.end());
  const bool valid = std::all_of(nodes.begin(), nodes.end(),
                                 [&](Node node) { return node < cluster_size && eligible(node); });
  if (!valid || nodes.empty()) return std::nullopt;
  return nodes;
}

std::optional<std::vector<Node>> resolve_named(const Target& target, const ClusterView& view,
                                               const std::function<bool(Node)>& eligible) {
  std::vector<Node> nodes = target.nodes;
  if (target.recorded_leader) {
    if (!view.leader) return std::nullopt;
    // Swap the two leaders, in both directions: recorded {n1, n2} with n1 leading, n2 leads now.
    // The fault hits {n2, n1}, again the leader and one follower. Replacing n1 alone would hit n2
    // twice.
    for (Node& node : nodes) {
      node = node == *target.recorded_leader ? *view.leader
             : node == *view.leader          ? *target.recorded_leader
                                             : node;
    }
  }
  return all_if_eligible(std::move(nodes), view.nodes.size(), eligible);
}

std::optional<std::vector<Node>> resolve_by_label(
    const Target& target, const ClusterView& view, const std::function<bool(Node)>& eligible,
    const std::map<std::string, std::vector<Node>>& targets_by_label) {
  const auto other = targets_by_label.find(target.fault);
  if (other == targets_by_label.end()) return std::nullopt;
  if (target.select == Select::kSame)
    return all_if_eligible(other->second, view.nodes.size(), eligible);
  std::vector<Node> rest;
  for (const Node node : view.core()) {
    const auto& nodes = other->second;
    if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) rest.push_back(node);
  }
  return all_if_eligible(std::move(rest), view.nodes.size(), eligible);
}

/// Returns the nodes that the selection may choose from, in random order; the leader comes first
/// where the selection must include it.
std::vector<Node> draw_candidates(Select select, const ClusterView& view,
                                  const std::function<bool(Node)>& eligible, base::Prng& prng) {
  std::vector<Node> nodes;
  for (Node node = 0; node < view.nodes.size(); ++node) {
    const bool leads = view.leader == node;
    if (select == Select::kLeader && !leads) continue;
    if ((select == Select::kFollowers || select == Select::kFollower) && leads) continue;
    // A spare is no member, so a fault on it tests nothing; unless another fault has made it a
    // member, and it leads now.
    if (view.nodes[node].spare && select != Select::kLeader) continue;
    if (eligible(node)) nodes.push_back(node);
  }
  prng.shuffle(nodes);
  if (select != Select::kLeaderMinority) return nodes;
  const auto leader = std::find(nodes.begin(), nodes.end(), *view.leader);
  if (leader == nodes.end()) return {};
  std::iter_swap(nodes.begin(), leader);
  return nodes;
}

std::optional<std::vector<Node>> parse_nodes(const base::Json& value) {
  std::vector<Node> nodes;
  for (const auto& item : value) {
    const auto node = item.is_string() ? node_of(item.text()) : std::nullopt;
    if (!node) return std::nullopt;
    nodes.push_back(*node);
  }
  if (nodes.empty()) return std::nullopt;
  return nodes;
}

}  // namespace

std::string name(const Target& target) {
  for (const auto& [value, text] : kWords) {
    if (value == target.select) return std::string(text);
  }
  if (target.select == Select::kSame) return "same as " + target.fault;
  if (target.select == Select::kRest) return "all but " + target.fault;
  std::string names;
  for (const Node node : target.nodes) names += (names.empty() ? "" : "+") + node_name(node);
  return names;
}

base::Json to_json(const Target& target) {
  if (target.select == Select::kSame) return {{"same-as", target.fault}};
  if (target.select == Select::kRest) return {{"all-but", target.fault}};
  if (target.select != Select::kNamed) return name(target);
  return node_names(target.nodes);
}

base::Result<Target> parse_target(const base::Json& value) {
  const base::Error error{base::mismatch(
      value.dump(),
      R"(one, follower, minority, majority, leader, leader-minority, followers, all, a )"
      R"(node or a list of nodes, {"same-as": LABEL} or {"all-but": LABEL})")};
  if (value.is_object() && value.size() == 1 && value.begin()->is_string()) {
    const auto& [key, label] = *value.items().begin();
    if (key == "same-as") return Target{.select = Select::kSame, .fault = label.text()};
    if (key == "all-but") return Target{.select = Select::kRest, .fault = label.text()};
    return error;
  }
  if (value.is_string()) {
    for (const auto& [select, text] : kWords) {
      if (text == value.get<std::string>()) return Target{select};
    }
  }
  const auto list = value.is_array() ? value : base::Json::array({value});
  const auto nodes = parse_nodes(list);
  if (!nodes) return error;
  return Target{.select = Select::kNamed, .nodes = *nodes};
}

bool beyond_minority(const Target& target, std::size_t cluster_size) {
  switch (target.select) {
    case Select::kMajority:
    case Select::kFollowers:
    case Select::kAll:
    case Select::kRest:
      return true;
    case Select::kNamed:
      return target.nodes.size() > largest_minority(cluster_size);
    default:
      return false;
  }
}

bool needs_leader(const Target& target) {
  switch (target.select) {
    case Select::kLeader:
    case Select::kLeaderMinority:
    case Select::kFollower:
    case Select::kFollowers:
      return true;
    default:
      return target.recorded_leader.has_value();
  }
}

std::optional<std::vector<Node>> resolve(
    const Target& target, const ClusterView& view, const std::function<bool(Node)>& eligible,
    const std::map<std::string, std::vector<Node>>& targets_by_label, base::Prng& prng) {
  if (needs_leader(target) && !view.leader) return std::nullopt;
  if (target.select == Select::kNamed) return resolve_named(target, view, eligible);
  if (target.select == Select::kSame || target.select == Select::kRest) {
    return resolve_by_label(target, view, eligible, targets_by_label);
  }
  std::vector<Node> nodes = draw_candidates(target.select, view, eligible, prng);
  const std::size_t count = size_of_selection(target.select, view.core().size());
  if (count == 0 || nodes.size() < count) return std::nullopt;
  nodes.resize(count);
  std::sort(nodes.begin(), nodes.end());
  return nodes;
}

}  // namespace capsize::nemesis
