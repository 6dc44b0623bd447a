// Two sides and a bridge: the nodes and the rest are cut off from each other, but for one node of
// the rest, the bridge, which is connected to all. If the nodes are the largest minority, each side
// together with the bridge is a majority.
#include <algorithm>
#include <iterator>
#include <set>

#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {
namespace {

class Bridge final : public LinkFault {
 public:
  Bridge()
      : LinkFault("bridge",
                  "cuts the nodes off from all others but one, which stays connected to all",
                  "discarded") {}
  Impact impact() const override { return Impact::kSeparates; }
  bool deposes_leader() const override { return false; }
  FaultSpec spec() const override { return {.kind = "bridge", .target = Target::kMinority}; }

 private:
  std::string_view action_kind() const override { return "cut"; }
  std::vector<Link> links(const Injection& injection, std::size_t cluster_size) const override {
    std::vector<Link> cut = boundary_links(injection, cluster_size);
    std::set<Node> others;
    for (const auto& [from, to] : cut) others.insert(is_target(injection, from) ? to : from);
    if (others.empty()) return cut;
    // Varies with the fault, so that repeated faults try each node as the bridge.
    const Node bridge =
        *std::next(others.begin(), static_cast<std::ptrdiff_t>(injection.id % others.size()));
    std::erase_if(
        cut, [bridge](const Link& link) { return link.first == bridge || link.second == bridge; });
    return cut;
  }
  static bool is_target(const Injection& injection, Node node) {
    return std::find(injection.nodes.begin(), injection.nodes.end(), node) != injection.nodes.end();
  }
};

const base::Registered<FaultKind, Bridge> registered;

}  // namespace
}  // namespace capsize::nemesis
