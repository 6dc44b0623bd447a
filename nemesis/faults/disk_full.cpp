// No room on the disk.
#include "nemesis/faults/families/control_faults.h"

namespace capsize::nemesis {
namespace {

class DiskFull final : public DiskError {
 public:
  DiskFull() : DiskError("disk-full", "no room is left, and the node ends (exit 66)", "ENOSPC") {}
};

const base::Registered<FaultKind, DiskFull> registered;

}  // namespace
}  // namespace capsize::nemesis
