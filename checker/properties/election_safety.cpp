// Election safety: at most one leader can be elected in a given term.
#include <fmt/core.h>

#include <unordered_map>

#include "checker/properties/property.h"

namespace capsize::checker {
namespace {

class ElectionSafety : public Property {
 public:
  std::optional<std::string> observe(const TraceEvent& event, const ClusterView& cluster) override {
    if (event.kind != TraceKind::kRole || event.role != Role::kLeader) return std::nullopt;
    const auto [first, added] = leaders_.try_emplace(event.term, event);
    if (added || first->second.node == event.node) return std::nullopt;
    return fmt::format(
        "{} became leader of term {} at {}, though {} had become leader of the same "
        "term at {}",
        cluster.name(event.node), event.term, time_text(event.time),
        cluster.name(first->second.node), time_text(first->second.time));
  }

 private:
  std::unordered_map<std::uint64_t, TraceEvent> leaders_;  // by term: its first election
};

const PropertyRegistrar kRegistrar({"election-safety", "at most one leader in a term",
                                    []() -> std::unique_ptr<Property> {
                                      return std::make_unique<ElectionSafety>();
                                    }});

}  // namespace
}  // namespace capsize::checker
