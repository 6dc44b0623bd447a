// Bit rot: single bits of a file are not what was written.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

constexpr base::Duration kSnapshotBound = std::chrono::milliseconds(500);

class BitFlip final : public DamageFault {
 public:
  BitFlip()
      : DamageFault("bit-flip", "bits of the log or the snapshot of a killed node are flipped") {}

 private:
  Declared damage_parameters() const override {
    return {{.name = "file",
             .type = Parameter::Type::kWord,
             .otherwise = "log",
             .summary = "of the log, its newest segment",
             .words = {"log", "snapshot"}},
            {.name = "bits",
             .type = Parameter::Type::kCount,
             .otherwise = 1,
             .summary = "how many, each anywhere in the file",
             .least = 1,
             .most = 64}};
  }
  ActionResult prepare(const Injection& injection, Cluster& cluster) const override {
    if (injection.params["file"] != "snapshot") return {.done = true};
    const ActionResult begun = cluster.control(injection.nodes, {{"op", "snapshot"}});
    if (!begun.done) return begun;
    const ActionResult there = cluster.control_until(
        injection.nodes, {{"op", "status"}},
        [](Node, const base::Json& status) { return status.value("snapshot", 0) > 0; },
        kSnapshotBound);
    return {.done = there.done, .reason = "no snapshot came to be"};
  }
  base::Json damage(const base::Json& params) const override {
    return {{"kind", "bit-flip"}, {"file", params["file"]}, {"bits", params["bits"]}};
  }
};

const base::Registered<FaultKind, BitFlip> registered;

}  // namespace
}  // namespace capsize::nemesis
