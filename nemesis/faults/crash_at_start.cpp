// Killed while it starts: recovery has to bear being cut short anywhere, again and again.
#include "base/prng.h"
#include "nemesis/fault_kind.h"
#include "nemesis/node_faults.h"

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
  Act begin(const Strike& strike, Cluster& cluster) const override {
    Act act = cluster.kill(strike.nodes);
    // The first start is cut short at once, the others at drawn moments.
    cluster.launch(strike.nodes);
    const Act again = cluster.kill(strike.nodes);
    for (const auto& [node, life] : again.evidence.items()) {
      act.evidence[node]["cut-short"] = life.value("signal", 0);
    }
    cluster.launch(strike.nodes);
    return act;
  }
  Act pulse(const Strike& strike, Cluster& cluster, std::uint64_t count) const override {
    const auto [kill, last] = due(strike, count + 1);
    if (!kill) return {.done = true};
    Act act = cluster.kill(strike.nodes);
    act.evidence = {{"killed", act.evidence}};
    if (!last) cluster.launch(strike.nodes);
    return act;
  }
  Act end(const Strike& strike, Cluster& cluster) const override {
    const ClusterView view = cluster.view();
    std::vector<Node> starting;
    for (const Node node : strike.nodes) {
      if (view.nodes[node].running) starting.push_back(node);
    }
    if (!starting.empty()) cluster.kill(starting);
    return cluster.restart(strike.nodes);
  }
  bool proven(const base::Json& evidence) const override {
    const auto& begin = evidence["begin"];
    for (const auto& [node, life] : begin.items()) {
      if (life.value("cut-short", 0) != 9) return false;
    }
    if (evidence.contains("pulse") && evidence["pulse"].contains("killed") &&
        !lived_again(evidence["pulse"]["killed"], evidence["end"], 9)) {
      return false;
    }
    return lived_again(begin, evidence["end"], 9);
  }

 private:
  struct Due {
    bool kill = false;
    bool last = false;
  };
  /// What is due so many milliseconds after the first start. The moments follow from the fault's
  /// id.
  static Due due(const Strike& strike, std::uint64_t now) {
    auto prng = base::Prng::stream(strike.id, "crash-at-start");
    const auto times = strike.params["times"].get<std::uint64_t>();
    const auto most = strike.params["within-ms"].get<std::uint64_t>();
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
