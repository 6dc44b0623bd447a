// Bit rot: single bits of a file differ from what was written.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

constexpr base::Duration kSnapshotTimeout = std::chrono::milliseconds(500);

class BitFlip final : public DamageFault {
 public:
  BitFlip()
      : DamageFault("bit-flip", "bits of the log or the snapshot of a killed node are flipped") {}

 private:
  Declared damage_parameters() const override {
    return {{.name = "file",
             .type = Parameter::Type::kChoice,
             .default_value = "log",
             .summary = "which file; of the log, its newest segment",
             .choices = {"log", "snapshot"}},
            {.name = "bits",
             .type = Parameter::Type::kCount,
             .default_value = 1,
             .summary = "how many bits, anywhere in the file",
             .min = 1,
             .max = 64}};
  }
  ActionResult prepare(const Injection& injection, Cluster& cluster) const override {
    if (injection.params["file"] != "snapshot") return {.done = true};
    const ActionResult begun = cluster.control(injection.nodes, {{"op", "snapshot"}});
    if (!begun.done) return begun;
    const ActionResult written = cluster.control_until(
        injection.nodes, {{"op", "status"}},
        [](Node, const base::Json& status) { return status.value("snapshot", 0) > 0; },
        kSnapshotTimeout);
    return {.done = written.done, .reason = "no snapshot was written in time"};
  }
  base::Json damage(const base::Json& params) const override {
    return {{"kind", "bit-flip"}, {"file", params["file"]}, {"bits", params["bits"]}};
  }
};

const base::Registered<FaultKind, BitFlip> registered;

}  // namespace
}  // namespace capsize::nemesis
