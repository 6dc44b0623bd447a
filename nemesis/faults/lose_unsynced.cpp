// A crash of the machine: what was written and not synced is gone.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

class LoseUnsynced final : public CrashFault {
 public:
  LoseUnsynced()
      : CrashFault("lose-unsynced", "a crash that loses all that was written and not synced") {}

 private:
  double keep(const base::Json&) const override { return 0; }
  bool bit(std::uint64_t held, std::uint64_t) const override { return held > 0; }
};

const base::Registered<FaultKind, LoseUnsynced> registered;

}  // namespace
}  // namespace capsize::nemesis
