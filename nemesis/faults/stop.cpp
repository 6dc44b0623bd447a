// SIGTERM: the node ends in good order, later it is started again.
#include "nemesis/fault_kind.h"
#include "nemesis/node_faults.h"

namespace capsize::nemesis {
namespace {

class Stop final : public FaultKind {
 public:
  std::string_view name() const override { return "stop"; }
  std::string_view summary() const override { return "ends in good order, later a restart"; }
  Impact impact() const override { return Impact::kStops; }
  Act begin(const Strike& strike, Cluster& cluster) const override {
    return cluster.stop(strike.nodes);
  }
  Act end(const Strike& strike, Cluster& cluster) const override {
    return cluster.restart(strike.nodes);
  }
  bool proven(const base::Json& evidence) const override {
    return lived_again(evidence["begin"], evidence["end"], 0);
  }
};

const base::Registered<FaultKind, Stop> registered;

}  // namespace
}  // namespace capsize::nemesis
