// A node begins a snapshot of its own, or has written one: its own, or one that the leader sent.
#include "nemesis/anchors/counting.h"

namespace capsize::nemesis {
namespace {

class Snapshot final : public AnchorKind {
 public:
  std::string_view name() const override { return "snapshot"; }
  std::string_view summary() const override {
    return "a node has begun or written a snapshot: its own, or one that it received";
  }
  Declared parameters() const override {
    return {kNode,
            {.name = "of",
             .default_value = "any",
             .summary = "own: taken by the node; sent: received from the leader",
             .choices = {"any", "own", "sent"}},
            {.name = "moment",
             .default_value = "written",
             .summary = "begin or end of its own snapshot",
             .choices = {"begun", "written"}},
            kCount};
  }
  std::unique_ptr<Watch> arm(const base::Json& params, std::uint64_t, Cluster&) const override {
    return std::make_unique<CountingWatch>(count_of(params), [params](const TraceEvent& event) {
      const auto& of = params["of"].text();
      const char* own_event = params["moment"] == "begun" ? "snapshot-begin" : "snapshot";
      const bool own = event.event == own_event && of != "sent";
      const bool sent = event.event == "install" && of != "own";
      return (own || sent) && is_node(params, event.node);
    });
  }
};

const base::Registered<AnchorKind, Snapshot> registered;

}  // namespace
}  // namespace capsize::nemesis
