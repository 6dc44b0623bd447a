// Nodes that die again as soon as they are up.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

class RestartStorm final : public RestartsFault {
 public:
  RestartStorm()
      : RestartsFault("restart-storm", "nodes are killed and started over and over", 9) {}
  Declared parameters() const override {
    return {{.name = "period",
             .type = Parameter::Type::kDuration,
             .otherwise = "150ms",
             .summary = "from one kill to the next"},
            {.name = "together",
             .type = Parameter::Type::kFlag,
             .otherwise = false,
             .summary = "all of them at once; otherwise by turns"}};
  }

 private:
  std::vector<Node> turn(const Injection& injection, std::uint64_t turn) const override {
    if (injection.params["together"].get<bool>()) return injection.nodes;
    return {injection.nodes[turn % injection.nodes.size()]};
  }
};

const base::Registered<FaultKind, RestartStorm> registered;

}  // namespace
}  // namespace capsize::nemesis
