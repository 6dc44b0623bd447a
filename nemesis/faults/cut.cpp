// A partition: every message between the nodes and the rest is discarded, one way or both.
#include "nemesis/fault_kind.h"
#include "nemesis/links.h"

namespace capsize::nemesis {
namespace {

class Cut final : public FaultKind {
 public:
  std::string_view name() const override { return "cut"; }
  std::string_view summary() const override {
    return "discards all messages between the nodes and the rest; direction both, inbound, "
           "outbound";
  }
  Impact impact() const override { return Impact::kSeparates; }
  Act begin(const PlannedFault& fault, const std::vector<Node>& nodes,
            Cluster& cluster) const override {
    const auto links =
        boundary(nodes, cluster.view().nodes.size(), direction_of(fault.card.params));
    if (links.empty()) return {.done = false, .reason = "no link leads out of the target"};
    return cluster.install_rule(fault.id, links, {{"kind", "cut"}});
  }
  Act end(const PlannedFault& fault, const std::vector<Node>&, Cluster& cluster) const override {
    return cluster.remove_rule(fault.id);
  }
  bool proven(const nlohmann::json&, const nlohmann::json& end) const override {
    return affected(end, "discarded");
  }
};

const base::Registered<FaultKind, Cut> registered;

}  // namespace
}  // namespace capsize::nemesis
