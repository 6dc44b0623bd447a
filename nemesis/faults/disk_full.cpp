// The disk is full.
#include "nemesis/faults/families/control_faults.h"

namespace capsize::nemesis {
namespace {

class DiskFull final : public DiskError {
 public:
  DiskFull() : DiskError("disk-full", "the disk is full; the node must exit (code 66)", "ENOSPC") {}
};

const base::Registered<FaultKind, DiskFull> registered;

}  // namespace
}  // namespace capsize::nemesis
