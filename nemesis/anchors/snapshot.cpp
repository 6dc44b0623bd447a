// A snapshot begins, or is on a disk: the own, or one that was received.
#include "nemesis/anchors/counting.h"

namespace capsize::nemesis {
namespace {

class Snapshot final : public AnchorKind {
 public:
  std::string_view name() const override { return "snapshot"; }
  std::string_view summary() const override {
    return "a node has begun or written a snapshot, its own or one that it was sent";
  }
  Declared parameters() const override {
    return {kNode,
            {.name = "of",
             .otherwise = "any",
             .summary = "own, or sent by the leader",
             .words = {"any", "own", "sent"}},
            {.name = "moment",
             .otherwise = "written",
             .summary = "of the own",
             .words = {"begun", "written"}},
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
