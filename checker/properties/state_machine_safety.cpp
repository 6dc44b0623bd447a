// State machine safety: if a server has applied a log entry at a given index, no other server will
// ever apply a different entry for the same index.
//
// The chain hash at its index identifies an entry. An apply event has the hash at its last index;
// for earlier indexes the check takes it from the node's log, if the trace has it. The rule also
// holds for a node that applies entries again after a restart.
#include <fmt/core.h>

#include <vector>

#include "checker/properties/property.h"

namespace capsize::checker {
namespace {

class StateMachineSafety : public Property {
 public:
  std::optional<std::string> observe(const TraceEvent& event, const ClusterView& cluster) override {
    if (event.kind != TraceKind::kApply || !event.has_index) return std::nullopt;
    const NodeLog& log = cluster.log(event.node);
    for (auto point = log.at_or_above(event.first);
         point != log.points().end() && point->index < event.index; ++point) {
      if (!point->has_hash) continue;
      if (auto broken = apply(point->index, point->hash, event, cluster)) return broken;
    }
    if (!event.has_hash) return std::nullopt;
    return apply(event.index, event.hash, event, cluster);
  }

 private:
  struct Applied {
    std::uint64_t hash = 0;
    std::int64_t time = 0;
    NodeNumber node = 0;
    bool known = false;
  };
  // Indexes are dense from 1 in any real trace; a hostile one must not make the table grow without
  // bound.
  static constexpr std::uint64_t kIndexMax = std::uint64_t{1} << 26;

  std::optional<std::string> apply(std::uint64_t index, std::uint64_t hash, const TraceEvent& event,
                                   const ClusterView& cluster) {
    if (index > kIndexMax) return std::nullopt;
    if (index >= applied_.size()) applied_.resize(index + 1);
    Applied& first = applied_[index];
    if (!first.known) {
      first = {hash, event.time, event.node, true};
      return std::nullopt;
    }
    if (first.hash == hash) return std::nullopt;
    return fmt::format(
        "{} applied another entry at index {} (term {}, {}) than {} had applied "
        "there at {}: hash {:016x}, not {:016x}",
        cluster.name(event.node), index, event.term, time_text(event.time),
        cluster.name(first.node), time_text(first.time), hash, first.hash);
  }

  std::vector<Applied> applied_;  // by index
};

const PropertyRegistrar kRegistrar(
    {"state-machine-safety", "no two nodes apply different entries at the same index",
     []() -> std::unique_ptr<Property> { return std::make_unique<StateMachineSafety>(); }});

}  // namespace
}  // namespace capsize::checker
