#include "nemesis/plan/conflicts.h"

#include <algorithm>

#include "base/units.h"
#include "nemesis/model/fault_kind.h"
#include "nemesis/plan/schedule.h"

namespace capsize::nemesis {
namespace {

using Place = base::JsonPlace;

const FaultKind& kind_named(const FaultSpec& spec) {
  const FaultKind* kind = FaultKinds::instance().find(spec.kind);
  CHECK(kind != nullptr, "parsed faults are registered");
  return *kind;
}

/// A cluster of this shape in which all nodes run and n1 leads.
ClusterView healthy_cluster(const RunShape& shape) {
  ClusterView view;
  view.nodes.resize(shape.nodes, {.running = true});
  view.nodes.resize(shape.nodes + shape.spares, {.running = true, .spare = true});
  view.members = view.core();
  view.leader = 0;
  return view;
}

/// Resolves the target in a healthy cluster; nothing if no cluster of this size has it, and for a
/// target that refers to another fault.
std::optional<std::vector<Node>> resolve_in_healthy_cluster(const Target& target,
                                                            const RunShape& shape) {
  base::Prng prng(0);
  return resolve(
      target, healthy_cluster(shape), [](Node) { return true; }, {}, prng);
}

bool refers_to_another_fault(const Target& target) {
  return target.select == Select::kSame || target.select == Select::kRest;
}

std::string in_cluster_of(const RunShape& shape) {
  return "in a cluster of " + std::to_string(shape.nodes) + (shape.nodes == 1 ? " node" : " nodes");
}

/// Returns the key of a fault spec that is impossible in such a cluster, and why; an empty key: the
/// spec is possible.
std::pair<std::string, std::string> impossible_key(const FaultSpec& spec, const RunShape& shape) {
  const FaultKind& kind = kind_named(spec);
  if (kind.acts_on_links() && shape.nodes + shape.spares < 2) {
    return {"kind", "there are no links " + in_cluster_of(shape)};
  }
  const auto nodes = resolve_in_healthy_cluster(spec.target, shape);
  if (!nodes && !refers_to_another_fault(spec.target)) {
    return {"target",
            "found " + name(spec.target) + ", which does not exist " + in_cluster_of(shape)};
  }
  if (!spec.peers) return {};
  if (*spec.peers == spec.target && spec.target.select != Select::kOne &&
      spec.target.select != Select::kFollower && spec.target.select != Select::kMinority) {
    return {"peers", "found the target itself, but a node has no link to itself"};
  }
  const auto peers = resolve_in_healthy_cluster(*spec.peers, shape);
  if (!peers && !refers_to_another_fault(*spec.peers)) {
    return {"peers",
            "found " + name(*spec.peers) + ", which does not exist " + in_cluster_of(shape)};
  }
  // Named nodes are the same in every run, so checking one cluster decides.
  const bool named = spec.target.select == Select::kNamed && spec.peers->select == Select::kNamed;
  if (named && std::includes(nodes->begin(), nodes->end(), peers->begin(), peers->end())) {
    return {"peers", "found only nodes of the target, but a node has no link to itself"};
  }
  return {};
}

/// Returns the parameter of the anchor that names a node which the cluster does not have.
std::optional<InvalidValue> find_absent_node(const std::optional<Anchor>& anchor,
                                             const Place& place, const RunShape& shape) {
  if (!anchor) return std::nullopt;
  const AnchorKind* kind = AnchorKinds::instance().find(anchor->event);
  CHECK(kind != nullptr, "parsed anchors are registered");
  const std::size_t cluster_size = shape.nodes + shape.spares;
  for (const Parameter& parameter : kind->parameters()) {
    if (parameter.type != Parameter::Type::kNode) continue;
    const std::string key(parameter.name);
    if (!anchor->params.contains(key)) continue;
    const auto node = node_of(anchor->params[key].text());
    if (node && *node < cluster_size) continue;
    return InvalidValue{place / anchor->event / key, "found " + anchor->params[key].text() +
                                                         ", expected " + node_range(cluster_size)};
  }
  return std::nullopt;
}

/// A phase is requested when all faults of the phases before it have ended, and its anchor is armed
/// then. So no fault of its own script can fire an anchor "fault" that it waits for.
std::optional<InvalidValue> find_dead_anchor(const std::optional<Anchor>& when,
                                             const Place& place) {
  if (!when || when->event != "fault" || when->params.value("label", "").empty()) {
    return std::nullopt;
  }
  return InvalidValue{place,
                      "waits for a labelled fault, but the faults of earlier phases have ended "
                      "when the anchor is armed"};
}

std::optional<InvalidValue> find_impossible_key(const PlannedFault& fault, const Place& place,
                                                const RunShape& shape) {
  if (const auto [key, what] = impossible_key(fault.spec, shape); !key.empty()) {
    return InvalidValue{place / key, what};
  }
  if (auto invalid = find_absent_node(fault.when, place / "when", shape)) return invalid;
  return find_absent_node(fault.until, place / "until", shape);
}

/// Returns how long after arming an anchor fires at the earliest.
base::Duration earliest_firing(const std::optional<Anchor>& anchor) {
  if (!anchor || anchor->event != "elapsed") return {};
  const AnchorKind* kind = AnchorKinds::instance().find("elapsed");
  return duration_of(with_defaults(kind->parameters(), anchor->params), "time");
}

std::string describe_too_late(const char* what, base::Duration at, base::Duration time_limit) {
  return std::string(what) + " after " + base::format_duration(at) +
         " at the earliest, but the run ends after " + base::format_duration(time_limit);
}

/// Returns the phase without the faults that are drawn with a probability below 1.
Phase certain_part(const PhasePlan& plan) {
  Phase phase = plan.phase;
  phase.faults.clear();
  for (std::size_t i = 0; i < plan.phase.faults.size(); ++i) {
    if (plan.probabilities[i] < 1) continue;
    phase.faults.push_back(plan.phase.faults[i]);
    phase.faults.back().hold = phase.faults.back().spec.hold_min;
  }
  return phase;
}

}  // namespace

base::Duration shortest_duration(const Phase& phase) {
  if (phase.until && phase.until->event != "elapsed") return {};
  base::Duration longest{};
  for (const PlannedFault& fault : phase.faults) {
    if (!fault.when && !fault.until) longest = std::max(longest, fault.at + fault.hold);
  }
  if (phase.until) longest = std::min(longest, earliest_firing(phase.until));
  if (phase.at_most > base::Duration::zero()) longest = std::min(longest, phase.at_most);
  return longest;
}

std::optional<InvalidValue> find_impossible(const std::vector<PhasePlan>& phases,
                                            const RunShape& shape) {
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const Phase& phase = phases[i].phase;
    const Place place = Place() / i;
    for (const auto& [anchor, key] : {std::pair{&phase.when, "when"}, {&phase.until, "until"}}) {
      if (auto invalid = find_absent_node(*anchor, place / key, shape)) return invalid;
    }
    if (auto invalid = find_dead_anchor(phase.when, place / "when")) return invalid;
    for (std::size_t k = 0; k < phase.faults.size(); ++k) {
      auto invalid = find_impossible_key(phase.faults[k], place / "faults" / k, shape);
      if (invalid) return invalid;
    }
  }
  return std::nullopt;
}

std::optional<InvalidValue> find_out_of_time(const std::vector<PhasePlan>& phases,
                                             base::Duration time_limit) {
  base::Duration begin{};
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const Phase& phase = phases[i].phase;
    const Place place = Place() / i;
    begin += earliest_firing(phase.when);
    if (begin >= time_limit) {
      return InvalidValue{place, describe_too_late("this phase begins", begin, time_limit)};
    }
    for (std::size_t k = 0; k < phase.faults.size(); ++k) {
      const PlannedFault& fault = phase.faults[k];
      const base::Duration at = begin + earliest_firing(fault.when) + fault.at;
      if (at >= time_limit) {
        return InvalidValue{place / "faults" / k,
                            describe_too_late("this fault begins", at, time_limit)};
      }
    }
    const base::Duration once = shortest_duration(certain_part(phases[i]));
    // Bounded by the run's length, so that the sum cannot overflow: an hour repeated 1,000,000
    // times is 3.6e18 ns, and three such phases exceed 63 bits.
    const auto most = static_cast<std::uint64_t>(time_limit / std::max(once, base::Duration(1)));
    begin += once * static_cast<std::int64_t>(std::min(phases[i].repeat, most + 1));
  }
  return std::nullopt;
}

std::string why_impossible(const std::string& name, const RunShape& shape) {
  const auto plan = find_fault_plan(name);
  CHECK(plan.has_value(), "the caller has looked the name up");
  std::string why;
  for (const FaultSpec& spec : plan->specs) {
    const auto [key, what] = impossible_key(spec, shape);
    if (key.empty()) return {};
    if (why.empty()) why = spec.kind + ": " + what;
  }
  return why;
}

std::optional<InvalidValue> find_unknown_kind(
    const std::map<std::string, std::uint64_t>& expected) {
  for (const auto& [kind, count] : expected) {
    if (kind == "any" || FaultKinds::instance().find(kind) != nullptr) continue;
    return InvalidValue{Place() / kind, "unknown kind of fault, expected any or one of: " +
                                            FaultKinds::instance().names()};
  }
  return std::nullopt;
}

std::vector<std::string> collect_warnings(const std::vector<PhasePlan>& phases,
                                          base::Duration time_limit) {
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const Phase& phase = phases[i].phase;
    const std::string at = "phases." + std::to_string(i);
    if (phase.when && phase.when->event == "trigger") {
      warnings.push_back(
          at + ".when: waits for a trigger, which only a run with --interactive receives");
    }
    for (std::size_t k = 0; k < phase.faults.size(); ++k) {
      const PlannedFault& fault = phase.faults[k];
      const bool bounded = fault.until || phase.until || phase.at_most > base::Duration::zero();
      if (bounded || fault.spec.hold_min < time_limit) continue;
      warnings.push_back(at + ".faults." + std::to_string(k) + ": is held for " +
                         base::format_duration(fault.spec.hold_min) +
                         ", and heals only when the run ends after " +
                         base::format_duration(time_limit));
    }
  }
  return warnings;
}

}  // namespace capsize::nemesis
