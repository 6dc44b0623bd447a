// A node becomes leader.
#include "nemesis/anchors/counting.h"

namespace capsize::nemesis {
namespace {

class Leader final : public AnchorKind {
 public:
  std::string_view name() const override { return "leader"; }
  std::string_view summary() const override {
    return "a node becomes leader, optionally above a given term";
  }
  Declared parameters() const override {
    return {kNode,
            {.name = "term-above",
             .type = Parameter::Type::kCount,
             .default_value = 0,
             .summary = "only in terms above this one"},
            kCount};
  }
  std::unique_ptr<Watch> arm(const base::Json& params, std::uint64_t, Cluster&) const override {
    return std::make_unique<CountingWatch>(count_of(params), [params](const TraceEvent& event) {
      return event.event == "role" && event.role == "leader" && is_node(params, event.node) &&
             event.term > params["term-above"].get<std::uint64_t>();
    });
  }
};

const base::Registered<AnchorKind, Leader> registered;

}  // namespace
}  // namespace capsize::nemesis
