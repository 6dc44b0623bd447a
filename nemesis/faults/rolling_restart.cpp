// What an operator does for an upgrade: one node after another ends in good order and is started
// again.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

class RollingRestart final : public RestartsFault {
 public:
  RollingRestart()
      : RestartsFault("rolling-restart", "one node after another ends in good order and restarts",
                      0) {}
  FaultSpec spec() const override {
    return {.kind = "rolling-restart",
            .target = Target::kAll,
            .hold_min = std::chrono::milliseconds(1500),
            .hold_max = std::chrono::milliseconds(2000),
            .is_whole = true};
  }
  Declared parameters() const override {
    return {{.name = "period",
             .type = Parameter::Type::kDuration,
             .otherwise = "300ms",
             .summary = "from one node to the next"}};
  }

 private:
  std::vector<Node> turn(const Injection& injection, std::uint64_t turn) const override {
    if (turn >= injection.nodes.size()) return {};  // once around
    return {injection.nodes[turn]};
  }
};

const base::Registered<FaultKind, RollingRestart> registered;

}  // namespace
}  // namespace capsize::nemesis
