// A crash of the machine: data that was written but not synced is lost.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

class LoseUnsynced final : public CrashFault {
 public:
  LoseUnsynced()
      : CrashFault("lose-unsynced", "a crash that loses everything written but not synced") {}

 private:
  double kept_share(const base::Json&) const override { return 0; }
  bool is_expected_loss(std::uint64_t held, std::uint64_t) const override { return held > 0; }
};

const base::Registered<FaultKind, LoseUnsynced> registered;

}  // namespace
}  // namespace capsize::nemesis
