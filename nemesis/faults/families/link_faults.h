// What the network faults have in common: which directed links they touch, one rule of the proxy
// over these links, and what its evidence must show.
#pragma once

#include <vector>

#include "base/json.h"
#include "nemesis/model/cluster.h"
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {

/// Every fault on links has it: both, inbound (what others send to the nodes), outbound (what the
/// nodes send).
extern const Parameter kDirection;

/// Links between the nodes and the others (its peers, where it has some), in its direction.
[[nodiscard]] std::vector<Link> boundary(const Injection& injection, std::size_t cluster_size);
/// The boundary, and the links among the nodes.
[[nodiscard]] std::vector<Link> touching(const Injection& injection, std::size_t cluster_size);

/// A proxy's evidence counts as proof when at least one message was affected.
[[nodiscard]] bool affected(const base::Json& evidence, const char* counter);

/// One rule of the proxy over the links of the nodes. The parameters become the rule's action, with
/// the kind added; `direction` selects the links.
class LinkFault : public NamedFault {
 public:
  /// `counter` is the field of the proxy's evidence that proves the fault.
  LinkFault(std::string_view kind, std::string_view summary, const char* counter)
      : NamedFault(kind, summary, Impact::kDegrades), counter_(counter) {}
  [[nodiscard]] bool on_links() const override { return true; }
  /// `direction`, and what action() declares.
  [[nodiscard]] Declared parameters() const final;
  ActionResult begin(const Injection& injection, Cluster& cluster) const override;
  ActionResult end(const Injection& injection, Cluster& cluster) const override;
  [[nodiscard]] bool proven(const base::Json& evidence) const override;

 protected:
  /// The proxy's action; it has the fault's name unless that is only about which links.
  [[nodiscard]] virtual std::string_view action_kind() const { return name(); }
  /// Parameters of the proxy's action.
  [[nodiscard]] virtual Declared action() const { return {}; }
  /// By default every link with an end in the nodes and, where peers are given, the other in them.
  [[nodiscard]] virtual std::vector<Link> links(const Injection& injection,
                                                std::size_t cluster_size) const;

 private:
  const char* counter_;
};

}  // namespace capsize::nemesis
