// SIGTERM: a graceful shutdown, and later a restart.
#include "nemesis/faults/families/node_faults.h"
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

class Stop final : public FaultKind {
 public:
  std::string_view name() const override { return "stop"; }
  std::string_view summary() const override {
    return "nodes shut down gracefully (SIGTERM); later they restart";
  }
  Impact impact() const override { return Impact::kStops; }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override {
    return cluster.stop(injection.nodes);
  }
  ActionResult end(const Injection& injection, Cluster& cluster) const override {
    return cluster.restart(injection.nodes);
  }
  bool is_proven(const base::Json& evidence) const override {
    return shows_restarts(evidence["begin"], evidence["end"], 0);
  }
};

const base::Registered<FaultKind, Stop> registered;

}  // namespace
}  // namespace capsize::nemesis
