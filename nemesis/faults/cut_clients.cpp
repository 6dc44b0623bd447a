// Clients and the nodes do not hear each other: requests and replies are lost, while the cluster
// goes on. Whoever asked does not know whether it was done.
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

class CutClients final : public FaultKind {
 public:
  std::string_view name() const override { return "cut-clients"; }
  std::string_view summary() const override {
    return "loses all requests of clients to the nodes, and their replies";
  }
  // The nodes serve nobody, as if they were cut off.
  Impact impact() const override { return Impact::kSeparates; }
  bool deposes_leader() const override { return false; }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override {
    return cluster.cut_clients(injection.nodes);
  }
  ActionResult end(const Injection& injection, Cluster& cluster) const override {
    return cluster.rejoin_clients(injection.nodes);
  }
  bool proven(const base::Json& evidence) const override {
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
