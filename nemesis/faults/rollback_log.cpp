// A disk that reverts to an older state: the log is intact, but as it was some entries ago.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

constexpr base::Duration kGrowthTimeout = std::chrono::milliseconds(1000);

class RollbackLog final : public DamageFault {
 public:
  RollbackLog()
      : DamageFault("rollback-log", "the log of a killed node is replaced by an older copy") {}

 private:
  Declared damage_parameters() const override {
    return {{.name = "entries",
             .type = Parameter::Type::kCount,
             .default_value = 5,
             .summary = "how many entries the log has grown since the copy, at least",
             .min = 1,
             .max = 1000}};
  }
  ActionResult prepare(const Injection& injection, Cluster& cluster) const override {
    for (const Node node : injection.nodes) {
      if (ActionResult copied = cluster.damage(node, {{"kind", "copy"}}); !copied.done)
        return copied;
    }
    // The status is read after the copy: entries that the copy may contain do not count as growth.
    const ActionResult before = cluster.control(injection.nodes, {{"op", "status"}});
    if (!before.done) return before;
    const auto persisted = [](const base::Json& status) {
      return status.value("persisted", std::uint64_t{0});
    };
    const auto growth = injection.params["entries"].get<std::uint64_t>();
    const ActionResult grown = cluster.control_until(
        injection.nodes, {{"op", "status"}},
        [&](Node node, const base::Json& status) {
          return persisted(status) >= persisted(before.evidence[node_name(node)]) + growth;
        },
        kGrowthTimeout);
    return {.done = grown.done, .reason = "the log did not grow enough"};
  }
  base::Json damage(const base::Json&) const override { return {{"kind", "rollback"}}; }
};

const base::Registered<FaultKind, RollbackLog> registered;

}  // namespace
}  // namespace capsize::nemesis
