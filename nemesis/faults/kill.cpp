// SIGKILL, then a restart from disk.
#include "nemesis/fault_kind.h"
#include "nemesis/node_faults.h"

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
  bool proven(const base::Json& evidence) const override {
    return lived_again(evidence["begin"], evidence["end"], 9);
  }
};

const base::Registered<FaultKind, Kill> registered;

}  // namespace
}  // namespace capsize::nemesis
