// Cuts the nodes off from the clients: requests and replies are lost, while the cluster runs on. A
// client that gets no reply does not know whether its operation was applied.
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

class CutClients final : public FaultKind {
 public:
  std::string_view name() const override { return "cut-clients"; }
  std::string_view summary() const override {
    return "loses all client requests to the nodes, and the replies";
  }
  // To clients, the nodes are as unavailable as in a partition.
  Impact impact() const override { return Impact::kSeparates; }
  bool deposes_leader() const override { return false; }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override {
    return cluster.cut_clients(injection.nodes);
  }
  ActionResult end(const Injection& injection, Cluster& cluster) const override {
    return cluster.rejoin_clients(injection.nodes);
  }
  bool is_proven(const base::Json& evidence) const override {
    std::uint64_t lost = 0;
    for (const auto& [node, counts] : evidence["end"].items()) {
      lost += counts.value("requests-lost", std::uint64_t{0});
      lost += counts.value("replies-lost", std::uint64_t{0});
    }
    return lost > 0;
  }
};

const base::Registered<FaultKind, CutClients> registered;

}  // namespace
}  // namespace capsize::nemesis
