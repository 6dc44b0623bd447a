// A node has started and recovered its state from disk.
#include "nemesis/anchors/counting.h"

namespace capsize::nemesis {
namespace {

class Start final : public AnchorKind {
 public:
  std::string_view name() const override { return "start"; }
  std::string_view summary() const override { return "a node has started and read its disk"; }
  Declared parameters() const override { return {kNode, kCount}; }
  std::unique_ptr<Watch> arm(const base::Json& params, std::uint64_t, Cluster&) const override {
    return std::make_unique<CountingWatch>(count_of(params), [params](const TraceEvent& event) {
      return event.event == "start" && is_node(params, event.node);
    });
  }
};

const base::Registered<AnchorKind, Start> registered;

}  // namespace
}  // namespace capsize::nemesis
