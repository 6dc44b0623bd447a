// A machine that was replaced by an empty one with the same name.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

class WipeDisk final : public DamageFault {
 public:
  WipeDisk() : DamageFault("wipe-disk", "a killed node loses its log and its snapshot") {}

 private:
  base::Json damage(const base::Json&) const override { return {{"kind", "wipe"}}; }
};

const base::Registered<FaultKind, WipeDisk> registered;

}  // namespace
}  // namespace capsize::nemesis
