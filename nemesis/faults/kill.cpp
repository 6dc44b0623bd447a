// SIGKILL, then a restart from disk.
#include "nemesis/fault_kind.h"

namespace capsize::nemesis {
namespace {

class Kill final : public FaultKind {
 public:
  std::string_view name() const override { return "kill"; }
  std::string_view summary() const override { return "SIGKILL, later a restart from disk"; }
  Impact impact() const override { return Impact::kStops; }
  Act begin(const Strike& strike, Cluster& cluster) const override {
    return cluster.kill(strike.nodes);
  }
  Act end(const Strike& strike, Cluster& cluster) const override {
    return cluster.restart(strike.nodes);
  }
  bool proven(const nlohmann::json& evidence) const override {
    const auto& begin = evidence["begin"];
    const auto& end = evidence["end"];
    // Killed by the signal that was sent, and alive again in a later incarnation.
    for (const auto& [node, life] : begin.items()) {
      if (life.value("signal", 0) != 9) return false;
      if (!end.contains(node)) return false;
      if (end[node].value("incarnation", 0) <= life.value("incarnation", 0)) return false;
    }
    return !begin.empty();
  }
};

const base::Registered<FaultKind, Kill> registered;

}  // namespace
}  // namespace capsize::nemesis
