// Syncs that lie: they report success, but the bytes reach the disk only with the next honest sync.
// Harmless while the process runs, so no other fault may stop it meanwhile. With `kill` the node
// crashes before the honest sync and loses data that it has acknowledged. Raft does not survive
// that on a voter; the parameter is for scenarios that show that the checker finds the loss.
#include "nemesis/faults/families/control_faults.h"
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

class LyingDisk final : public DiskFault {
 public:
  LyingDisk()
      : DiskFault("lying-disk", "syncs report success without writing to disk", Impact::kStops,
                  "syncs-lied") {}
  Declared parameters() const override {
    return {{.name = "syncs",
             .type = Parameter::Type::kCount,
             .default_value = 1,
             .summary = "how many syncs lie",
             .min = 1},
            {.name = "kill",
             .type = Parameter::Type::kFlag,
             .default_value = false,
             .summary = "unsafe: crash the node before the bytes are on disk"}};
  }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override {
    ActionResult result = DiskFault::begin(injection, cluster);
    if (!result.done || !kills(injection)) return result;
    const ActionResult crash = cluster.crash(injection.nodes, 0);
    result.evidence.merge_patch(crash.evidence);
    result.effect = crash.effect;
    return result;
  }
  ActionResult end(const Injection& injection, Cluster& cluster) const override {
    return kills(injection) ? cluster.restart(injection.nodes) : DiskFault::end(injection, cluster);
  }
  bool is_proven(const base::Json& evidence) const override {
    const auto& begin = evidence["begin"];
    if (!DiskFault::is_proven(evidence)) return false;
    if (!begin.begin()->contains("signal")) return true;
    for (const auto& [node, crash] : begin.items()) {
      if (crash.value("held", 0) == 0) return false;
    }
    return shows_restarts(begin, evidence["end"], 9);
  }

 private:
  static bool kills(const Injection& injection) { return injection.params["kill"].get<bool>(); }
  base::Json on(const base::Json& params) const override {
    // With `kill`, the disk stalls, so that no honest sync comes between the lie and the crash.
    return {{"hold-unsynced", true}, {"lie-syncs", params["syncs"]}, {"stall", params["kill"]}};
  }
  base::Json off() const override {
    return {{"hold-unsynced", false}, {"lie-syncs", 0}, {"stall", false}};
  }
};

const base::Registered<FaultKind, LyingDisk> registered;

}  // namespace
}  // namespace capsize::nemesis
