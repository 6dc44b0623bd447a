// Every sync takes longer.
#include "nemesis/faults/families/control_faults.h"

namespace capsize::nemesis {
namespace {

class SlowDisk final : public DiskFault {
 public:
  SlowDisk()
      : DiskFault("slow-disk", "each sync takes longer by `delay`", Impact::kDegrades,
                  "syncs-delayed") {}
  Declared parameters() const override {
    return {{.name = "delay",
             .type = Parameter::Type::kDuration,
             .default_value = "20ms",
             .summary = "added to each sync"}};
  }

 private:
  base::Json on(const base::Json& params) const override {
    return {{"sync-delay", params["delay"]}};
  }
  base::Json off() const override { return {{"sync-delay", "0s"}}; }
};

const base::Registered<FaultKind, SlowDisk> registered;

}  // namespace
}  // namespace capsize::nemesis
