// A disk that comes back with an older state: the log is whole, and as it was a while ago.
#include "nemesis/faults/families/node_faults.h"

namespace capsize::nemesis {
namespace {

constexpr base::Duration kGrowthBound = std::chrono::milliseconds(1000);

class RollbackLog final : public DamageFault {
 public:
  RollbackLog()
      : DamageFault("rollback-log", "the log of a killed node is replaced by an older copy") {}

 private:
  Declared damage_parameters() const override {
    return {{.name = "entries",
             .type = Parameter::Type::kCount,
             .otherwise = 5,
             .summary = "by which the log has grown since the copy, at least",
             .least = 1,
             .most = 1000}};
  }
  ActionResult prepare(const Injection& injection, Cluster& cluster) const override {
    for (const Node node : injection.nodes) {
      if (ActionResult copied = cluster.damage(node, {{"kind", "copy"}}); !copied.done)
        return copied;
    }
    // Asked behind the copy: what is in it is not counted as growth.
    const ActionResult copied = cluster.control(injection.nodes, {{"op", "status"}});
    if (!copied.done) return copied;
    const auto persisted = [](const base::Json& status) {
      return status.value("persisted", std::uint64_t{0});
    };
    const auto wanted = injection.params["entries"].get<std::uint64_t>();
    const ActionResult grown = cluster.control_until(
        injection.nodes, {{"op", "status"}},
        [&](Node node, const base::Json& status) {
          return persisted(status) >= persisted(copied.evidence[node_name(node)]) + wanted;
        },
        kGrowthBound);
    return {.done = grown.done, .reason = "its log did not grow enough"};
  }
  base::Json damage(const base::Json&) const override { return {{"kind", "rollback"}}; }
};

const base::Registered<FaultKind, RollbackLog> registered;

}  // namespace
}  // namespace capsize::nemesis
