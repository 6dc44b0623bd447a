// Messages on all links of the nodes: holds each message back for a time between min and max.
#include "nemesis/link_fault.h"

namespace capsize::nemesis {
namespace {

class Delay final : public LinkFault {
 public:
  Delay()
      : LinkFault("delay", "holds each message back for a time between min and max", "delayed") {}
};

const base::Registered<FaultKind, Delay> registered;

}  // namespace
}  // namespace capsize::nemesis
