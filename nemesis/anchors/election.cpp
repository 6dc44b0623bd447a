// An election opens: somebody stands for one.
#include "nemesis/anchors/counting.h"

namespace capsize::nemesis {
namespace {

class Election final : public AnchorKind {
 public:
  std::string_view name() const override { return "election"; }
  std::string_view summary() const override {
    return "a node stands for election (with pre-votes: asks whether it could)";
  }
  Declared parameters() const override { return {kNode, kCount}; }
  std::unique_ptr<Watch> arm(const base::Json& params, std::uint64_t, Cluster&) const override {
    return std::make_unique<CountingWatch>(count_of(params), [params](const TraceEvent& event) {
      const bool stands = event.role == "candidate" || event.role == "precandidate";
      return event.event == "role" && stands && is_node(params, event.node);
    });
  }
};

const base::Registered<AnchorKind, Election> registered;

}  // namespace
}  // namespace capsize::nemesis
