// What an operator does for an upgrade: one node after another shuts down gracefully and restarts.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

class RollingRestart final : public RestartsFault {
 public:
  RollingRestart()
      : RestartsFault("rolling-restart",
                      "one node after another shuts down gracefully and restarts", 0) {}
  FaultSpec spec() const override {
    return {.kind = "rolling-restart",
            .target = Target::kAll,
            .hold_min = std::chrono::milliseconds(1500),
            .hold_max = std::chrono::milliseconds(2000),
            .needs_full_hold = true};
  }
  Declared parameters() const override {
    return {{.name = "period",
             .type = Parameter::Type::kDuration,
             .default_value = "300ms",
             .summary = "from one node to the next"}};
  }

 private:
  std::vector<Node> nodes_of_turn(const Injection& injection, std::uint64_t turn) const override {
    if (turn >= injection.nodes.size()) return {};  // each node had its turn
    return {injection.nodes[turn]};
  }
};

const base::Registered<FaultKind, RollingRestart> registered;

}  // namespace
}  // namespace capsize::nemesis
