// Partitions with more than two sides, or with sides that overlap: networks on which leadership
// flaps.
#include "nemesis/plan/strategy.h"

namespace capsize::nemesis {
namespace {

using namespace std::chrono_literals;

class Topologies final : public Strategy {
 public:
  std::string_view name() const override { return "topologies"; }
  std::string_view summary() const override {
    return "partitions without two clean sides: bridge, ring, one way, one link, clients cut off";
  }
  std::vector<FaultSpec> faults() const override {
    return {
        {.kind = "bridge", .target = Target::kMinority},
        {.kind = "bridge", .target = Target::kLeaderMinority},
        {.kind = "ring", .target = Target::kAll},
        {.kind = "cut", .target = Target::kLeaderMinority},
        {.kind = "cut", .target = Target::kLeader, .peers = Target::kFollower},
        {.kind = "cut",
         .target = Target::kFollower,
         .params = {{"direction", "inbound"}},
         .peers = Target::kLeader},
        {.kind = "cut-clients", .target = Target::kLeader},
    };
  }
};

const base::Registered<Strategy, Topologies> registered;

}  // namespace
}  // namespace capsize::nemesis
