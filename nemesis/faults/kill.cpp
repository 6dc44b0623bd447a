// SIGKILL, then a restart from disk.
#include "nemesis/faults/families/node_faults.h"
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

class Kill final : public FaultKind {
 public:
  std::string_view name() const override { return "kill"; }
  std::string_view summary() const override { return "SIGKILL, later a restart from disk"; }
  Impact impact() const override { return Impact::kStops; }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override {
    return cluster.kill(injection.nodes);
  }
  ActionResult end(const Injection& injection, Cluster& cluster) const override {
    return cluster.restart(injection.nodes);
  }
  bool proven(const base::Json& evidence) const override {
    return restarted(evidence["begin"], evidence["end"], 9);
  }
};

const base::Registered<FaultKind, Kill> registered;

}  // namespace
}  // namespace capsize::nemesis
