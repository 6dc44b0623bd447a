// Syncs fail, and what they should have made durable is gone: after a failed fsync the kernel marks
// the dirty pages as clean (Rebello et al., USENIX ATC 2020), so a later fsync that succeeds proves
// nothing.
#include "nemesis/faults/families/control_faults.h"
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

constexpr int kExitAfterFailedWrite = 66;

class FailingSyncs final : public NamedFault {
 public:
  FailingSyncs()
      : NamedFault("failing-syncs",
                   "each sync fails and its bytes are lost; the node must exit (code 66)",
                   Impact::kStops) {}
  std::vector<int> exit_codes() const override { return {kExitAfterFailedWrite}; }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override {
    cluster.expect_end(injection.nodes, exit_codes());
    ActionResult result{.done = true};
    for (const Node node : injection.nodes) {
      const ActionResult armed = cluster.control({node}, disk(true));
      // A node that is about to sync may exit before it replies.
      if (armed.done || !cluster.endings({node}).evidence.empty()) continue;
      result.done = false;
      result.reason = armed.reason;
    }
    if (!result.done) end(injection, cluster);
    return result;
  }
  /// A node that still runs has ignored the errors. It crashes, and loses what it has not synced.
  ActionResult end(const Injection& injection, Cluster& cluster) const override {
    Json evidence = cluster.endings(injection.nodes).evidence;
    std::vector<Node> running;
    for (const Node node : injection.nodes) {
      if (!evidence.contains(node_name(node))) running.push_back(node);
    }
    if (!running.empty()) evidence.merge_patch(cluster.crash(running, 0).evidence);
    cluster.expect_end(injection.nodes, {});
    ActionResult restarted = cluster.restart(injection.nodes);
    evidence.merge_patch(restarted.evidence);
    restarted.evidence = std::move(evidence);
    return restarted;
  }
  bool is_proven(const base::Json& evidence) const override {
    for (const auto& [node, ending] : evidence["end"].items()) {
      const bool exited = ending.value("exit-code", 0) == kExitAfterFailedWrite;
      if (!exited && ending.value("held", 0) == 0) return false;
      if (!ending.contains("incarnation")) return false;
    }
    return !evidence["end"].empty();
  }

 private:
  using Json = base::Json;
  static Json disk(bool fails) {
    return {{"op", "disk"}, {"hold-unsynced", fails}, {"fail-sync", fails}};
  }
};

const base::Registered<FaultKind, FailingSyncs> registered;

}  // namespace
}  // namespace capsize::nemesis
