// Triggers a snapshot at a random time, regardless of the node's own policy.
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

constexpr base::Duration kSaveTimeout = std::chrono::milliseconds(500);

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
    const auto last_entry = [](const base::Json& status) { return status.value("snapshot", 0); };
    const ActionResult saved = cluster.control_until(
        injection.nodes, {{"op", "status"}},
        [&](Node node, const base::Json& status) {
          return last_entry(status) > last_entry(before.evidence.at(node_name(node)));
        },
        kSaveTimeout);
    ActionResult result{.done = true, .effect = saved.effect};
    for (const auto& [node, status] : before.evidence.items()) {
      result.evidence[node] = {{"before", last_entry(status)}, {"begun", begun.evidence.at(node)}};
      if (saved.evidence.contains(node))
        result.evidence[node]["after"] = last_entry(saved.evidence.at(node));
    }
    return result;
  }
  ActionResult end(const Injection&, Cluster&) const override { return {.done = true}; }
  bool is_proven(const base::Json& evidence) const override {
    for (const auto& [node, snapshot] : evidence["begin"].items()) {
      if (snapshot.value("after", 0) <= snapshot.value("before", 0)) return false;
    }
    return !evidence["begin"].empty();
  }
};

const base::Registered<FaultKind, Snapshot> registered;

}  // namespace
}  // namespace capsize::nemesis
