// An election starts: a node becomes (pre-)candidate.
#include "nemesis/anchors/counting.h"

namespace capsize::nemesis {
namespace {

class Election final : public AnchorKind {
 public:
  std::string_view name() const override { return "election"; }
  std::string_view summary() const override {
    return "a node becomes candidate (with pre-votes: precandidate)";
  }
  Declared parameters() const override { return {kNode, kCount}; }
  std::unique_ptr<Watch> arm(const base::Json& params, std::uint64_t, Cluster&) const override {
    return std::make_unique<CountingWatch>(count_of(params), [params](const TraceEvent& event) {
      const bool campaigns = event.role == "candidate" || event.role == "precandidate";
      return event.event == "role" && campaigns && is_node(params, event.node);
    });
  }
};

const base::Registered<AnchorKind, Election> registered;

}  // namespace
}  // namespace capsize::nemesis
