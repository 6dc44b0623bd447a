// Leadership changes hands at the leader's own word.
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

/// A running node that does not lead: the target, or whoever comes behind it.
std::optional<Node> successor(const ClusterView& view, Node target) {
  for (std::size_t i = 0; i < view.members.size(); ++i) {
    const Node node = view.members[(target + i) % view.members.size()];
    const NodeView& state = view.nodes[node];
    if (state.running && !state.paused && view.leader != node) return node;
  }
  return std::nullopt;
}

class Transfer final : public FaultKind {
 public:
  std::string_view name() const override { return "transfer"; }
  std::string_view summary() const override { return "the leader hands leadership to a follower"; }
  Impact impact() const override { return Impact::kDegrades; }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override {
    const auto to = successor(cluster.view(), injection.nodes.front());
    if (!to) return {.done = false, .reason = "nobody could take over"};
    return cluster.transfer_leadership(*to);
  }
  ActionResult end(const Injection&, Cluster&) const override { return {.done = true}; }
  bool proven(const base::Json& evidence) const override {
    return evidence["begin"].contains("leader");
  }
};

const base::Registered<FaultKind, Transfer> registered;

}  // namespace
}  // namespace capsize::nemesis
