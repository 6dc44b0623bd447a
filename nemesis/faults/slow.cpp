// Stop and go: a process that gets only a part of the processor's time, in pieces. SIGSTOP and
// SIGCONT by turns.
#include <algorithm>

#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

// The period is cut into so many parts, and the share is a whole number of them.
constexpr std::uint64_t kParts = 8;

/// Whether the kernel showed each node of `begin` as running.
bool going(const base::Json& begin, const base::Json& states) {
  for (const auto& [node, life] : begin.items()) {
    if (!states.contains(node) || states[node].value("state", "T") == "T") return false;
  }
  return true;
}

class Slow final : public FaultKind {
 public:
  std::string_view name() const override { return "slow"; }
  std::string_view summary() const override { return "SIGSTOP and SIGCONT by turns"; }
  Impact impact() const override { return Impact::kStops; }
  // It goes on before anybody misses it, if the period is short.
  bool deposes_leader() const override { return false; }
  Declared parameters() const override {
    return {{.name = "period",
             .type = Parameter::Type::kDuration,
             .otherwise = "40ms",
             .summary = "of one stop and one go"},
            {.name = "share",
             .type = Parameter::Type::kProbability,
             .otherwise = 0.5,
             .summary = "of the time that it is stopped, in eighths, one to seven of them"}};
  }
  base::Duration period(const base::Json& params) const override {
    return std::max<base::Duration>(std::chrono::milliseconds(1),
                                    duration_of(params, "period") / kParts);
  }
  ActionResult begin(const Injection& injection, Cluster& cluster) const override {
    return cluster.pause(injection.nodes);
  }
  ActionResult pulse(const Injection& injection, Cluster& cluster,
                     std::uint64_t count) const override {
    const std::uint64_t part = (count + 1) % kParts;  // the begin was part 0
    ActionResult act{.done = true};
    if (part == 0) {
      act = cluster.pause(injection.nodes);
      act.evidence = {{"stopped", act.evidence}};
    } else if (part == stopped_parts(injection.params)) {
      act = cluster.resume(injection.nodes);
      act.evidence = {{"going", act.evidence}};
    }
    return act;
  }
  ActionResult end(const Injection& injection, Cluster& cluster) const override {
    return cluster.resume(injection.nodes);
  }
  bool proven(const base::Json& evidence) const override {
    const auto& begin = evidence["begin"];
    for (const auto& [node, life] : begin.items()) {
      if (life.value("state", "") != "T") return false;
    }
    return !begin.empty() && evidence.contains("pulse") && evidence["pulse"].contains("going") &&
           going(begin, evidence["pulse"]["going"]) && going(begin, evidence["end"]);
  }

 private:
  static std::uint64_t stopped_parts(const base::Json& params) {
    const auto parts = static_cast<std::uint64_t>(params["share"].get<double>() * kParts + 0.5);
    return std::clamp<std::uint64_t>(parts, 1, kParts - 1);
  }
};

const base::Registered<FaultKind, Slow> registered;

}  // namespace
}  // namespace capsize::nemesis
