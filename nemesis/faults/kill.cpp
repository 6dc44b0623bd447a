// SIGKILL, then a restart from disk.
#include "nemesis/faults/families/node_faults.h"
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

class Kill final : public FaultKind {
 public:
  std::string_view name() const override { return "kill"; }
  std::string_view summary() const override {
    return "nodes are killed (SIGKILL); later they restart from disk";
  }
  Impact impact() const override { return Impact::kStops; }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override {
    return cluster.kill(injection.nodes);
  }
  ActionResult end(const Injection& injection, Cluster& cluster) const override {
    return cluster.restart(injection.nodes);
  }
  bool is_proven(const base::Json& evidence) const override {
    return shows_restarts(evidence["begin"], evidence["end"], 9);
  }
};

const base::Registered<FaultKind, Kill> registered;

}  // namespace
}  // namespace capsize::nemesis
