// Killed while it starts: recovery has to bear being cut short anywhere, again and again.
#include "base/prng.h"
#include "nemesis/faults/families/node_faults.h"
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

class CrashAtStart final : public FaultKind {
 public:
  std::string_view name() const override { return "crash-at-start"; }
  std::string_view summary() const override {
    return "killed, and killed again while it starts, at drawn moments";
  }
  Impact impact() const override { return Impact::kStops; }
  Declared parameters() const override {
    return {{.name = "times",
             .type = Parameter::Type::kCount,
             .otherwise = 3,
             .summary = "how often more a start is cut short, at most",
             .least = 1,
             .most = 1000},
            {.name = "within-ms",
             .type = Parameter::Type::kCount,
             .otherwise = 15,
             .summary = "from a start to the kill, at most",
             .least = 1,
             .most = 10'000}};
  }
  base::Duration period(const base::Json&) const override { return std::chrono::milliseconds(1); }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override {
    ActionResult act = cluster.kill(injection.nodes);
    // The first start is cut short at once, the others at drawn moments.
    cluster.launch(injection.nodes);
    const ActionResult again = cluster.kill(injection.nodes);
    for (const auto& [node, life] : again.evidence.items()) {
      act.evidence[node]["cut-short"] = life.value("signal", 0);
    }
    cluster.launch(injection.nodes);
    return act;
  }
  ActionResult pulse(const Injection& injection, Cluster& cluster,
                     std::uint64_t count) const override {
    const auto [kill, last] = due(injection, count + 1);
    if (!kill) return {.done = true};
    ActionResult act = cluster.kill(injection.nodes);
    act.evidence = {{"killed", act.evidence}};
    if (!last) cluster.launch(injection.nodes);
    return act;
  }
  ActionResult end(const Injection& injection, Cluster& cluster) const override {
    const ClusterView view = cluster.view();
    std::vector<Node> starting;
    for (const Node node : injection.nodes) {
      if (view.nodes[node].running) starting.push_back(node);
    }
    if (!starting.empty()) cluster.kill(starting);
    return cluster.restart(injection.nodes);
  }
  bool proven(const base::Json& evidence) const override {
    const auto& begin = evidence["begin"];
    for (const auto& [node, life] : begin.items()) {
      if (life.value("cut-short", 0) != 9) return false;
    }
    if (evidence.contains("pulse") && evidence["pulse"].contains("killed") &&
        !restarted(evidence["pulse"]["killed"], evidence["end"], 9)) {
      return false;
    }
    return restarted(begin, evidence["end"], 9);
  }

 private:
  struct Due {
    bool kill = false;
    bool last = false;
  };
  /// What is due so many milliseconds after the first start. The moments follow from the fault's
  /// id.
  static Due due(const Injection& injection, std::uint64_t now) {
    auto prng = base::Prng::stream(injection.id, "crash-at-start");
    const auto times = injection.params["times"].get<std::uint64_t>();
    const auto most = injection.params["within-ms"].get<std::uint64_t>();
    std::uint64_t at = 0;
    for (std::uint64_t n = 1; n <= times && at < now; ++n) {
      at += prng.between(std::uint64_t{1}, most);
      if (at == now) return {true, n == times};
    }
    return {};
  }
};

const base::Registered<FaultKind, CrashAtStart> registered;

}  // namespace
}  // namespace capsize::nemesis
