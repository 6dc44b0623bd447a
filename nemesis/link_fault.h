// What the network faults have in common: one rule of the proxy over the links of the nodes.
#pragma once

#include "nemesis/fault_kind.h"
#include "nemesis/links.h"

namespace capsize::nemesis {

/// The parameters become the rule's action, with the kind added; `direction` selects the links.
class LinkFault : public NamedFault {
 public:
  /// `counter` is the field of the proxy's evidence that proves the fault.
  LinkFault(std::string_view kind, std::string_view summary, const char* counter)
      : NamedFault(kind, summary, Impact::kDegrades), counter_(counter) {}
  [[nodiscard]] bool on_links() const override { return true; }
  /// `direction`, and what action() declares.
  [[nodiscard]] Declared parameters() const final;
  Act begin(const Strike& strike, Cluster& cluster) const override;
  Act end(const Strike& strike, Cluster& cluster) const override;
  [[nodiscard]] bool proven(const base::Json& evidence) const override;

 protected:
  /// The proxy's action; it has the fault's name unless that is only about which links.
  [[nodiscard]] virtual std::string_view action_kind() const { return name(); }
  /// Parameters of the proxy's action.
  [[nodiscard]] virtual Declared action() const { return {}; }
  /// By default every link with an end in the nodes and, where peers are given, the other in them.
  [[nodiscard]] virtual std::vector<Link> links(const Strike& strike,
                                                std::size_t cluster_size) const;

 private:
  const char* counter_;
};

}  // namespace capsize::nemesis
