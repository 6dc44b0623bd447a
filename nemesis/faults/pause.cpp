// SIGSTOP, then SIGCONT: the process keeps its sockets and its belief to lead, but does nothing. A
// leader that resumes and serves a read without confirming its leadership returns stale data.
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

class Pause final : public FaultKind {
 public:
  std::string_view name() const override { return "pause"; }
  std::string_view summary() const override {
    return "nodes are paused (SIGSTOP); later they resume (SIGCONT)";
  }
  Impact impact() const override { return Impact::kStops; }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override {
    return cluster.pause(injection.nodes);
  }
  ActionResult end(const Injection& injection, Cluster& cluster) const override {
    return cluster.resume(injection.nodes);
  }
  bool is_proven(const base::Json& evidence) const override {
    const auto& begin = evidence["begin"];
    const auto& end = evidence["end"];
    // The process state that the kernel reports; T is stopped.
    for (const auto& [node, process] : begin.items()) {
      if (process.value("state", "") != "T") return false;
      if (!end.contains(node) || end[node].value("state", "T") == "T") return false;
    }
    return !begin.empty();
  }
};

const base::Registered<FaultKind, Pause> registered;

}  // namespace
}  // namespace capsize::nemesis
