// A disk that hangs: no sync comes back until it is lifted. The process goes on and answers, but
// can promise nothing; a leader steps down.
#include "nemesis/faults/families/control_faults.h"

namespace capsize::nemesis {
namespace {

class StalledDisk final : public DiskFault {
 public:
  StalledDisk()
      : DiskFault("stalled-disk", "no sync comes back, as long as it holds", Impact::kSeparates,
                  "syncs-stalled") {}

 private:
  base::Json on(const base::Json&) const override { return {{"stall", true}}; }
  base::Json off() const override { return {{"stall", false}}; }
};

const base::Registered<FaultKind, StalledDisk> registered;

}  // namespace
}  // namespace capsize::nemesis
