// Kills nodes during startup, several times in a row: recovery must tolerate a crash at any point.
#include "base/prng.h"
#include "nemesis/faults/families/node_faults.h"
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

class CrashAtStart final : public FaultKind {
 public:
  std::string_view name() const override { return "crash-at-start"; }
  std::string_view summary() const override {
    return "nodes are killed, and killed again at random times during startup";
  }
  Impact impact() const override { return Impact::kStops; }
  Declared parameters() const override {
    return {{.name = "times",
             .type = Parameter::Type::kCount,
             .default_value = 3,
             .summary = "how many more starts are interrupted, at most",
             .min = 1,
             .max = 1000},
            {.name = "within-ms",
             .type = Parameter::Type::kCount,
             .default_value = 15,
             .summary = "longest time from a start to the kill",
             .min = 1,
             .max = 10'000}};
  }
  base::Duration period(const base::Json&) const override { return std::chrono::milliseconds(1); }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override {
    ActionResult result = cluster.kill(injection.nodes);
    // The first start is interrupted at once, the others at random times (pulse()).
    cluster.launch(injection.nodes);
    const ActionResult second_kill = cluster.kill(injection.nodes);
    for (const auto& [node, process] : second_kill.evidence.items()) {
      result.evidence[node]["cut-short"] = process.value("signal", 0);
    }
    cluster.launch(injection.nodes);
    return result;
  }
  ActionResult pulse(const Injection& injection, Cluster& cluster,
                     std::uint64_t count) const override {
    const auto [kill, last] = due_at(injection, count + 1);
    if (!kill) return {.done = true};
    ActionResult result = cluster.kill(injection.nodes);
    result.evidence = {{"killed", result.evidence}};
    if (!last) cluster.launch(injection.nodes);
    return result;
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
  bool is_proven(const base::Json& evidence) const override {
    const auto& begin = evidence["begin"];
    for (const auto& [node, process] : begin.items()) {
      if (process.value("cut-short", 0) != 9) return false;
    }
    if (evidence.contains("pulse") && evidence["pulse"].contains("killed") &&
        !shows_restarts(evidence["pulse"]["killed"], evidence["end"], 9)) {
      return false;
    }
    return shows_restarts(begin, evidence["end"], 9);
  }

 private:
  struct Due {
    bool kill = false;
    bool last = false;
  };
  /// What to do at `now`, in milliseconds after the first start. The times follow from the fault's
  /// id, so that a replay kills at the same times.
  static Due due_at(const Injection& injection, std::uint64_t now) {
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
