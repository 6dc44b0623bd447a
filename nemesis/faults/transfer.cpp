// The leader transfers its leadership.
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

/// Returns a running member that does not lead: the target, or else the next one after it.
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
  std::string_view summary() const override {
    return "the leader transfers leadership to a follower";
  }
  Impact impact() const override { return Impact::kDegrades; }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override {
    const auto to = successor(cluster.view(), injection.nodes.front());
    if (!to) return {.done = false, .reason = "no running follower could take over"};
    return cluster.transfer_leadership(*to);
  }
  ActionResult end(const Injection&, Cluster&) const override { return {.done = true}; }
  bool is_proven(const base::Json& evidence) const override {
    return evidence["begin"].contains("leader");
  }
};

const base::Registered<FaultKind, Transfer> registered;

}  // namespace
}  // namespace capsize::nemesis
