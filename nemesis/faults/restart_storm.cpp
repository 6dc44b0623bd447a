// Kills nodes again as soon as they have restarted.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

class RestartStorm final : public RestartsFault {
 public:
  RestartStorm() : RestartsFault("restart-storm", "nodes are killed and restarted repeatedly", 9) {}
  Declared parameters() const override {
    return {{.name = "period",
             .type = Parameter::Type::kDuration,
             .default_value = "150ms",
             .summary = "from one kill to the next"},
            {.name = "together",
             .type = Parameter::Type::kFlag,
             .default_value = false,
             .summary = "all nodes at once; otherwise in turn"}};
  }

 private:
  std::vector<Node> nodes_of_turn(const Injection& injection, std::uint64_t turn) const override {
    if (injection.params["together"].get<bool>()) return injection.nodes;
    return {injection.nodes[turn % injection.nodes.size()]};
  }
};

const base::Registered<FaultKind, RestartStorm> registered;

}  // namespace
}  // namespace capsize::nemesis
