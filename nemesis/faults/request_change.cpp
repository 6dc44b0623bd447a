// One request for a membership change at one node, which need not be the leader that is known; not
// repeated, and not waited for. So two leaders can each be asked for a change, or one leader for two.
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

/// Returns the nodes of "n1,n3", or nothing for any other text and for nodes that do not exist.
std::optional<std::vector<Node>> parse_members(std::string_view text, std::size_t nodes) {
  std::vector<Node> members;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    const auto node = node_of(item);
    if (!node || *node >= nodes) return std::nullopt;
    members.push_back(*node);
  }
  return members;
}

class RequestChange final : public FaultKind {
 public:
  std::string_view name() const override { return "request-change"; }
  std::string_view summary() const override {
    return "one request for a membership change at the node; later the members are restored";
  }
  Impact impact() const override { return Impact::kDegrades; }
  std::size_t spares() const override { return 1; }
  Declared parameters() const override {
    return {{.name = "members",
             .default_value = "",
             .summary = "the requested members, such as \"n1,n2\"; without it, all but the node"}};
  }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override {
    const Node at = injection.nodes.front();
    const ClusterView view = cluster.view();
    auto members = parse_members(injection.params["members"].text(), view.nodes.size());
    if (!members) return {.done = false, .reason = "members are not nodes of this cluster"};
    if (members->empty()) {
      *members = view.core();
      std::erase(*members, at);
    }
    if (members->empty()) return {.done = false, .reason = "no member would be left"};
    return cluster.request_change(at, *members);
  }
  /// A part of the cluster may be unable to change its members at this moment: that is not an error,
  /// because the end of the run restores them.
  ActionResult end(const Injection&, Cluster& cluster) const override {
    ActionResult restored = cluster.change_members(cluster.view().core());
    restored.done = true;
    return restored;
  }
  /// The node has replied, or has begun the change and will reply when it is committed.
  bool is_proven(const base::Json& evidence) const override {
    for (const auto& [node, reply] : evidence["begin"].items()) {
      if (!reply.contains("outcome") && !reply.contains("begun")) return false;
    }
    return !evidence["begin"].empty();
  }
};

const base::Registered<FaultKind, RequestChange> registered;

}  // namespace
}  // namespace capsize::nemesis
