// A membership change is in progress.
#include "nemesis/anchors/counting.h"

namespace capsize::nemesis {
namespace {

class MembershipChange final : public AnchorKind {
 public:
  std::string_view name() const override { return "membership-change"; }
  std::string_view summary() const override {
    return "a node has appended a configuration, which takes effect with that";
  }
  Declared parameters() const override { return {kNode, kCount}; }
  std::unique_ptr<Watch> arm(const base::Json& params, std::uint64_t, Cluster&) const override {
    return std::make_unique<CountingWatch>(count_of(params), [params](const TraceEvent& event) {
      return event.event == "config" && is_node(params, event.node);
    });
  }
};

const base::Registered<AnchorKind, MembershipChange> registered;

}  // namespace
}  // namespace capsize::nemesis
