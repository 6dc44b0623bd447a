// Two sides and a bridge: the nodes and the rest do not hear each other, except for one of the
// rest, which hears everybody. With the largest minority as nodes, each side and the bridge are a
// majority.
#include <algorithm>
#include <iterator>
#include <set>

#include "nemesis/faults/families/link_faults.h"

namespace capsize::nemesis {
namespace {

class Bridge final : public LinkFault {
 public:
  Bridge()
      : LinkFault("bridge", "cuts the nodes off from all others but one, which sees both sides",
                  "discarded") {}
  Impact impact() const override { return Impact::kSeparates; }
  bool deposes_leader() const override { return false; }
  FaultSpec spec() const override { return {.kind = "bridge", .target = Target::kMinority}; }

 private:
  std::string_view action_kind() const override { return "cut"; }
  std::vector<Link> links(const Injection& injection, std::size_t cluster_size) const override {
    std::vector<Link> cut = boundary(injection, cluster_size);
    std::set<Node> others;
    for (const auto& [from, to] : cut) others.insert(is_target(injection, from) ? to : from);
    if (others.empty()) return cut;
    // Another one for each fault.
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
