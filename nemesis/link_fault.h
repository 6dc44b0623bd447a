// What the degrading faults have in common: one rule of the proxy over all links of the nodes.
#pragma once

#include "nemesis/fault_kind.h"
#include "nemesis/links.h"

namespace capsize::nemesis {

/// `counter` is the field of the proxy's evidence that proves the fault. The card's params become
/// the rule's action, with the kind added.
class LinkFault : public FaultKind {
 public:
  LinkFault(std::string_view kind, std::string_view summary, const char* counter)
      : kind_(kind), summary_(summary), counter_(counter) {}
  [[nodiscard]] std::string_view name() const override { return kind_; }
  [[nodiscard]] std::string_view summary() const override { return summary_; }
  [[nodiscard]] Impact impact() const override { return Impact::kDegrades; }
  Act begin(const PlannedFault& fault, const std::vector<Node>& nodes,
            Cluster& cluster) const override {
    nlohmann::json action = fault.card.params;
    action["kind"] = kind_;
    return cluster.install_rule(fault.id, touching(nodes, cluster.view().nodes.size()), action);
  }
  Act end(const PlannedFault& fault, const std::vector<Node>&, Cluster& cluster) const override {
    return cluster.remove_rule(fault.id);
  }
  [[nodiscard]] bool proven(const nlohmann::json&, const nlohmann::json& end) const override {
    return affected(end, counter_);
  }

 private:
  std::string_view kind_;
  std::string_view summary_;
  const char* counter_;
};

}  // namespace capsize::nemesis
