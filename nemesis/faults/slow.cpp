// A process that gets only a share of the processor's time: SIGSTOP and SIGCONT in turn.
#include <algorithm>

#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

// A period has this many parts; the share is a whole number of them.
constexpr std::uint64_t kParts = 8;

/// Whether the kernel reported each node of `begin` as running.
bool resumed(const base::Json& begin, const base::Json& states) {
  for (const auto& [node, process] : begin.items()) {
    if (!states.contains(node) || states[node].value("state", "T") == "T") return false;
  }
  return true;
}

class Slow final : public FaultKind {
 public:
  std::string_view name() const override { return "slow"; }
  std::string_view summary() const override {
    return "nodes run in bursts: SIGSTOP and SIGCONT in turn";
  }
  Impact impact() const override { return Impact::kStops; }
  // With a short period it resumes before an election timeout.
  bool deposes_leader() const override { return false; }
  Declared parameters() const override {
    return {{.name = "period",
             .type = Parameter::Type::kDuration,
             .default_value = "40ms",
             .summary = "of one pause and one run"},
            {.name = "share",
             .type = Parameter::Type::kProbability,
             .default_value = 0.5,
             .summary = "share of the period that it is paused, rounded to eighths (1/8 to 7/8)"}};
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
    const std::uint64_t part = (count + 1) % kParts;  // begin() was part 0
    ActionResult result{.done = true};
    if (part == 0) {
      result = cluster.pause(injection.nodes);
      result.evidence = {{"stopped", result.evidence}};
    } else if (part == stopped_parts(injection.params)) {
      result = cluster.resume(injection.nodes);
      result.evidence = {{"going", result.evidence}};
    }
    return result;
  }
  ActionResult end(const Injection& injection, Cluster& cluster) const override {
    return cluster.resume(injection.nodes);
  }
  bool is_proven(const base::Json& evidence) const override {
    const auto& begin = evidence["begin"];
    for (const auto& [node, process] : begin.items()) {
      if (process.value("state", "") != "T") return false;
    }
    return !begin.empty() && evidence.contains("pulse") && evidence["pulse"].contains("going") &&
           resumed(begin, evidence["pulse"]["going"]) && resumed(begin, evidence["end"]);
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
