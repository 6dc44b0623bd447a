// A sync that lies: it says that it is done, and the bytes are not on disk before the next one that
// does not. Harmless as long as the process lives, which is why nothing else may stop it meanwhile.
// With `kill` it dies before that, and has lost what it promised: no voter may do that, so this is
// for scenarios that want to see it found.
#include "nemesis/faults/families/control_faults.h"
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

class LyingDisk final : public DiskFault {
 public:
  LyingDisk()
      : DiskFault("lying-disk", "syncs say that they are done, and are not", Impact::kStops,
                  "syncs-lied") {}
  Declared parameters() const override {
    return {{.name = "syncs",
             .type = Parameter::Type::kCount,
             .otherwise = 1,
             .summary = "how many of them lie",
             .least = 1},
            {.name = "kill",
             .type = Parameter::Type::kFlag,
             .otherwise = false,
             .summary = "unsafe: it crashes before the bytes are on disk"}};
  }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override {
    ActionResult act = DiskFault::begin(injection, cluster);
    if (!act.done || !kills(injection)) return act;
    const ActionResult crash = cluster.crash(injection.nodes, 0);
    act.evidence.merge_patch(crash.evidence);
    act.effect = crash.effect;
    return act;
  }
  ActionResult end(const Injection& injection, Cluster& cluster) const override {
    return kills(injection) ? cluster.restart(injection.nodes) : DiskFault::end(injection, cluster);
  }
  bool proven(const base::Json& evidence) const override {
    const auto& begin = evidence["begin"];
    if (!DiskFault::proven(evidence)) return false;
    if (!begin.begin()->contains("signal")) return true;
    for (const auto& [node, death] : begin.items()) {
      if (death.value("held", 0) == 0) return false;
    }
    return restarted(begin, evidence["end"], 9);
  }

 private:
  static bool kills(const Injection& injection) { return injection.params["kill"].get<bool>(); }
  base::Json on(const base::Json& params) const override {
    // Where it is to die, no true sync may come between the lie and that.
    return {{"hold-unsynced", true}, {"lie-syncs", params["syncs"]}, {"stall", params["kill"]}};
  }
  base::Json off() const override {
    return {{"hold-unsynced", false}, {"lie-syncs", 0}, {"stall", false}};
  }
};

const base::Registered<FaultKind, LyingDisk> registered;

}  // namespace
}  // namespace capsize::nemesis
