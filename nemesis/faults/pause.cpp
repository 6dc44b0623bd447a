// SIGSTOP, then SIGCONT: the process is alive, holds its sockets and its leadership, and does
// nothing. What finds stale reads.
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

class Pause final : public FaultKind {
 public:
  std::string_view name() const override { return "pause"; }
  std::string_view summary() const override { return "SIGSTOP, later SIGCONT"; }
  Impact impact() const override { return Impact::kStops; }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override {
    return cluster.pause(injection.nodes);
  }
  ActionResult end(const Injection& injection, Cluster& cluster) const override {
    return cluster.resume(injection.nodes);
  }
  bool proven(const base::Json& evidence) const override {
    const auto& begin = evidence["begin"];
    const auto& end = evidence["end"];
    // The kernel's own word, read back: T is stopped.
    for (const auto& [node, life] : begin.items()) {
      if (life.value("state", "") != "T") return false;
      if (!end.contains(node) || end[node].value("state", "T") == "T") return false;
    }
    return !begin.empty();
  }
};

const base::Registered<FaultKind, Pause> registered;

}  // namespace
}  // namespace capsize::nemesis
