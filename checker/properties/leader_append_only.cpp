// Leader append-only: a leader never overwrites or deletes entries in its own log.
#include <fmt/core.h>

#include "checker/properties/property.h"

namespace capsize::checker {
namespace {

class LeaderAppendOnly : public Property {
 public:
  // Every event has the node's role at that moment, so the property needs no state.
  std::optional<std::string> observe(const TraceEvent& event, const ClusterView& cluster) override {
    if (event.role != Role::kLeader || !event.has_index) return std::nullopt;
    const std::uint64_t last = cluster.log(event.node).last_index();
    if (event.kind == TraceKind::kTruncate && event.index < last) {
      return fmt::format("{}, leader of term {}, cut its own log back from index {} to {} at {}",
                         cluster.name(event.node), event.term, last, event.index,
                         time_text(event.time));
    }
    if (event.kind == TraceKind::kAppendEntries && event.first <= last) {
      return fmt::format(
          "{}, leader of term {}, overwrote its own log from index {} on, though it "
          "reached to {}, at {}",
          cluster.name(event.node), event.term, event.first, last, time_text(event.time));
    }
    return std::nullopt;
  }
};

const PropertyRegistrar kRegistrar(
    {"leader-append-only", "a leader never overwrites or deletes its own entries",
     []() -> std::unique_ptr<Property> { return std::make_unique<LeaderAppendOnly>(); }});

}  // namespace
}  // namespace capsize::checker
