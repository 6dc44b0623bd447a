// A disk that hangs: no sync returns until the fault is healed. The process runs on and replies,
// but cannot acknowledge anything; a leader steps down.
#include "nemesis/faults/families/control_faults.h"

namespace capsize::nemesis {
namespace {

class StalledDisk final : public DiskFault {
 public:
  StalledDisk()
      : DiskFault("stalled-disk", "no sync returns until the fault is healed", Impact::kSeparates,
                  "syncs-stalled") {}

 private:
  base::Json on(const base::Json&) const override { return {{"stall", true}}; }
  base::Json off() const override { return {{"stall", false}}; }
};

const base::Registered<FaultKind, StalledDisk> registered;

}  // namespace
}  // namespace capsize::nemesis
