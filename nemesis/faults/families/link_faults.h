// The family of network faults: each installs one rule of the proxy on some directed links, and the
// rule's counters are the evidence.
#pragma once

#include <vector>

#include "base/json.h"
#include "nemesis/model/cluster.h"
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {

/// A parameter of every fault on links: both, inbound (messages to the nodes) or outbound (messages
/// from the nodes).
extern const Parameter kDirection;

/// Returns the links between the nodes and the rest (or the peers, if given), in its direction.
[[nodiscard]] std::vector<Link> boundary_links(const Injection& injection,
                                               std::size_t cluster_size);
/// Returns the boundary links and the links among the nodes: every link with an end in the nodes.
[[nodiscard]] std::vector<Link> incident_links(const Injection& injection,
                                               std::size_t cluster_size);

/// Whether the proxy's evidence counts at least one affected message.
[[nodiscard]] bool shows_effect(const base::Json& evidence, const char* counter);

/// A fault that is one rule of the proxy. Its parameters become the rule's action, with the
/// action's kind added; `direction` selects the links.
class LinkFault : public NamedFault {
 public:
  /// `counter` is the key of the proxy's evidence that proves the fault.
  LinkFault(std::string_view kind, std::string_view summary, const char* counter)
      : NamedFault(kind, summary, Impact::kDegrades), counter_(counter) {}
  [[nodiscard]] bool acts_on_links() const override { return true; }
  /// `direction`, and the parameters of action().
  [[nodiscard]] Declared parameters() const final;
  ActionResult begin(const Injection& injection, Cluster& cluster) const override;
  ActionResult end(const Injection& injection, Cluster& cluster) const override;
  [[nodiscard]] bool is_proven(const base::Json& evidence) const override;

 protected:
  /// The kind of the proxy's action. Another name than the fault's if the fault only selects other
  /// links (a ring is a `cut`).
  [[nodiscard]] virtual std::string_view action_kind() const { return name(); }
  /// Parameters of the proxy's action.
  [[nodiscard]] virtual Declared action() const { return {}; }
  /// Returns the links of the rule; by default the incident ones.
  [[nodiscard]] virtual std::vector<Link> links(const Injection& injection,
                                                std::size_t cluster_size) const;

 private:
  const char* counter_;
};

}  // namespace capsize::nemesis
