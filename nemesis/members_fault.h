// What the faults that change the cluster's members have in common: one of them at a time, and at
// the end the members are again those that the cluster began with. The evidence is the
// configuration that the leader committed, there and back.
#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "nemesis/fault_kind.h"

namespace capsize::nemesis {

class MembersFault : public NamedFault {
 public:
  MembersFault(std::string_view kind, std::string_view summary, Impact impact)
      : NamedFault(kind, summary, impact) {}
  [[nodiscard]] std::size_t spares() const override { return 1; }
  Act begin(const Strike& strike, Cluster& cluster) const override;
  Act end(const Strike& strike, Cluster& cluster) const override;
  [[nodiscard]] bool proven(const base::Json& evidence) const override;

 protected:
  /// Who shall be the members, or why that cannot be said.
  using Wanted = std::variant<std::vector<Node>, std::string_view>;
  [[nodiscard]] virtual Wanted wanted(const std::vector<Node>& nodes,
                                      const ClusterView& view) const = 0;
};

/// The first spare that runs; nothing without one.
[[nodiscard]] std::optional<Node> spare_of(const ClusterView& view);
inline constexpr std::string_view kNoSpare = "no spare node was up";

}  // namespace capsize::nemesis
