// A call of the storage layer fails.
#include "nemesis/faults/families/control_faults.h"

namespace capsize::nemesis {
namespace {

class AnyDiskError final : public DiskError {
 public:
  AnyDiskError()
      : DiskError("disk-error", "a write, sync or rename fails; the node must exit (code 66)",
                  "EIO") {}
};

const base::Registered<FaultKind, AnyDiskError> registered;

}  // namespace
}  // namespace capsize::nemesis
