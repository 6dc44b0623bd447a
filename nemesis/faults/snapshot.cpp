// A snapshot at a moment that nobody has planned for.
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

constexpr base::Duration kSavedBound = std::chrono::milliseconds(500);

class Snapshot final : public FaultKind {
 public:
  std::string_view name() const override { return "snapshot"; }
  std::string_view summary() const override { return "the node takes a snapshot now"; }
  Impact impact() const override { return Impact::kDegrades; }
  FaultSpec spec() const override {
    return {.kind = "snapshot",
            .hold_min = std::chrono::milliseconds(10),
            .hold_max = std::chrono::milliseconds(20)};
  }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override {
    const ActionResult before = cluster.control(injection.nodes, {{"op", "status"}});
    if (!before.done) return before;
    const ActionResult begun = cluster.control(injection.nodes, {{"op", "snapshot"}});
    if (!begun.done) return begun;
    const auto of = [](const base::Json& status) { return status.value("snapshot", 0); };
    const ActionResult saved = cluster.control_until(
        injection.nodes, {{"op", "status"}},
        [&](Node node, const base::Json& status) {
          return of(status) > of(before.evidence.at(node_name(node)));
        },
        kSavedBound);
    ActionResult act{.done = true, .effect = saved.effect};
    for (const auto& [node, status] : before.evidence.items()) {
      act.evidence[node] = {{"before", of(status)}, {"begun", begun.evidence.at(node)}};
      if (saved.evidence.contains(node)) act.evidence[node]["after"] = of(saved.evidence.at(node));
    }
    return act;
  }
  ActionResult end(const Injection&, Cluster&) const override { return {.done = true}; }
  bool proven(const base::Json& evidence) const override {
    for (const auto& [node, found] : evidence["begin"].items()) {
      if (found.value("after", 0) <= found.value("before", 0)) return false;
    }
    return !evidence["begin"].empty();
  }
};

const base::Registered<FaultKind, Snapshot> registered;

}  // namespace
}  // namespace capsize::nemesis
