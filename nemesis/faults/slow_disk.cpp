// Every sync takes longer.
#include "nemesis/disk_fault.h"

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
             .otherwise = "20ms",
             .summary = "added to each sync"}};
  }

 private:
  nlohmann::json on(const nlohmann::json& params) const override {
    return {{"sync-delay", params["delay"]}};
  }
  nlohmann::json off() const override { return {{"sync-delay", "0s"}}; }
};

const base::Registered<FaultKind, SlowDisk> registered;

}  // namespace
}  // namespace capsize::nemesis
