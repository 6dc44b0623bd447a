#include "nemesis/plan/conflicts.h"

#include <algorithm>

#include "base/units.h"
#include "nemesis/model/fault_kind.h"
#include "nemesis/plan/schedule.h"
#include "node/wire/header.h"

namespace capsize::nemesis {
namespace {

using Place = base::JsonPlace;

const FaultKind& kind_named(const FaultSpec& spec) {
  const FaultKind* kind = FaultKinds::instance().find(spec.kind);
  CHECK(kind != nullptr, "parsed faults are registered");
  return *kind;
}

/// All nodes run, and n1 leads.
ClusterView healthy(const RunShape& shape) {
  ClusterView view;
  view.nodes.resize(shape.nodes, {.running = true});
  view.nodes.resize(shape.nodes + shape.spares, {.running = true, .spare = true});
  view.members = view.core();
  view.leader = 0;
  return view;
}

/// What the target means in a healthy cluster; nothing when no cluster of this size has it. Of one
/// that depends on another fault nothing is known: `met` has no entry for it.
std::optional<std::vector<Node>> in_health(const Target& target, const RunShape& shape) {
  base::Prng prng(0);
  return resolve(
      target, healthy(shape), [](Node) { return true; }, {}, prng);
}

bool depends_on_another(const Target& target) {
  return target.select == Select::kSame || target.select == Select::kRest;
}

std::string in_cluster_of(const RunShape& shape) {
  return "in a cluster of " + std::to_string(shape.nodes) + (shape.nodes == 1 ? " node" : " nodes");
}

/// The key and why, of a fault spec that no such cluster can bear; an empty key: it can.
std::pair<std::string, std::string> impossible_spec(const FaultSpec& spec, const RunShape& shape) {
  const FaultKind& kind = kind_named(spec);
  if (kind.on_links() && shape.nodes + shape.spares < 2) {
    return {"kind", "there are no links " + in_cluster_of(shape)};
  }
  const auto nodes = in_health(spec.target, shape);
  if (!nodes && !depends_on_another(spec.target)) {
    return {"target",
            "found " + name(spec.target) + ", which there is not " + in_cluster_of(shape)};
  }
  if (!spec.peers) return {};
  if (*spec.peers == spec.target && spec.target.select != Select::kOne &&
      spec.target.select != Select::kFollower && spec.target.select != Select::kMinority) {
    return {"peers", "found the target itself, and a node has no link to itself"};
  }
  const auto peers = in_health(*spec.peers, shape);
  if (!peers && !depends_on_another(*spec.peers)) {
    return {"peers", "found " + name(*spec.peers) + ", which there is not " + in_cluster_of(shape)};
  }
  // Named nodes are the same ones in every run, so a look at one cluster is enough.
  const bool named = spec.target.select == Select::kNamed && spec.peers->select == Select::kNamed;
  if (named && std::includes(nodes->begin(), nodes->end(), peers->begin(), peers->end())) {
    return {"peers", "found only nodes of the target, and a node has no link to itself"};
  }
  return {};
}

/// A parameter of the anchor that names a node which does not exist.
std::optional<InvalidValue> absent_node(const std::optional<Anchor>& anchor, const Place& place,
                                        const RunShape& shape) {
  if (!anchor) return std::nullopt;
  const AnchorKind* kind = AnchorKinds::instance().find(anchor->event);
  CHECK(kind != nullptr, "parsed anchors are registered");
  const std::size_t all = shape.nodes + shape.spares;
  for (const Parameter& parameter : kind->parameters()) {
    if (parameter.type != Parameter::Type::kNode) continue;
    const std::string key(parameter.name);
    if (!anchor->params.contains(key)) continue;
    const auto number = wire::parse_node_name(anchor->params[key].text());
    if (number && *number <= all) continue;
    return InvalidValue{place / anchor->event / key, "found " + anchor->params[key].text() +
                                                         ", expected n1 to " + node_name(all - 1)};
  }
  return std::nullopt;
}

/// When a phase begins, all faults of the phases before it are over, so that none of its own script
/// can fire an anchor that it waits for.
std::optional<InvalidValue> never_fires(const std::optional<Anchor>& when, const Place& place) {
  if (!when || when->event != "fault" || when->params.value("label", "").empty()) {
    return std::nullopt;
  }
  return InvalidValue{place,
                      "waits for a labelled fault, but those of the phases before it are over when "
                      "it begins to wait"};
}

std::optional<InvalidValue> impossible_fault(const PlannedFault& fault, const Place& place,
                                             const RunShape& shape) {
  if (const auto [key, what] = impossible_spec(fault.spec, shape); !key.empty()) {
    return InvalidValue{place / key, what};
  }
  if (auto invalid = absent_node(fault.when, place / "when", shape)) return invalid;
  return absent_node(fault.until, place / "until", shape);
}

/// How long after its begin an anchor fires at the earliest.
base::Duration earliest(const std::optional<Anchor>& anchor) {
  if (!anchor || anchor->event != "elapsed") return {};
  const AnchorKind* kind = AnchorKinds::instance().find("elapsed");
  return duration_of(with_defaults(kind->parameters(), anchor->params), "time");
}

std::string after_the_end(const char* what, base::Duration at, base::Duration time_limit) {
  return std::string(what) + " after " + base::format_duration(at) +
         " at the earliest, and the run ends after " + base::format_duration(time_limit);
}

/// The phase with only those of its faults that are certain to be in play.
Phase certain(const PhasePlan& plan) {
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

base::Duration shortest(const Phase& phase) {
  if (phase.until && phase.until->event != "elapsed") return {};
  base::Duration longest{};
  for (const PlannedFault& fault : phase.faults) {
    if (!fault.when && !fault.until) longest = std::max(longest, fault.at + fault.hold);
  }
  if (phase.until) longest = std::min(longest, earliest(phase.until));
  if (phase.at_most > base::Duration::zero()) longest = std::min(longest, phase.at_most);
  return longest;
}

std::optional<InvalidValue> impossible_in(const std::vector<PhasePlan>& phases,
                                          const RunShape& shape) {
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const Phase& phase = phases[i].phase;
    const Place place = Place() / i;
    for (const auto& [anchor, key] : {std::pair{&phase.when, "when"}, {&phase.until, "until"}}) {
      if (auto invalid = absent_node(*anchor, place / key, shape)) return invalid;
    }
    if (auto invalid = never_fires(phase.when, place / "when")) return invalid;
    for (std::size_t k = 0; k < phase.faults.size(); ++k) {
      auto invalid = impossible_fault(phase.faults[k], place / "faults" / k, shape);
      if (invalid) return invalid;
    }
  }
  return std::nullopt;
}

std::optional<InvalidValue> out_of_time(const std::vector<PhasePlan>& phases,
                                        base::Duration time_limit) {
  base::Duration begin{};
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const Phase& phase = phases[i].phase;
    const Place place = Place() / i;
    begin += earliest(phase.when);
    if (begin >= time_limit) {
      return InvalidValue{place, after_the_end("this phase begins", begin, time_limit)};
    }
    for (std::size_t k = 0; k < phase.faults.size(); ++k) {
      const PlannedFault& fault = phase.faults[k];
      const base::Duration at = begin + earliest(fault.when) + fault.at;
      if (at >= time_limit) {
        return InvalidValue{place / "faults" / k,
                            after_the_end("this fault begins", at, time_limit)};
      }
    }
    const base::Duration once = shortest(certain(phases[i]));
    // Repeated without end is as long as the run: no product that could overflow.
    const auto most = static_cast<std::uint64_t>(time_limit / std::max(once, base::Duration(1)));
    begin += once * static_cast<std::int64_t>(std::min(phases[i].repeat, most + 1));
  }
  return std::nullopt;
}

std::string impossible_plan(const std::string& name, const RunShape& shape) {
  const auto plan = find_fault_plan(name);
  CHECK(plan.has_value(), "the name of a deck is known");
  std::string why;
  for (const FaultSpec& spec : plan->specs) {
    const auto [key, what] = impossible_spec(spec, shape);
    if (key.empty()) return {};
    if (why.empty()) why = spec.kind + ": " + what;
  }
  return why;
}

std::optional<InvalidValue> unknown_kinds(const std::map<std::string, std::uint64_t>& expected) {
  for (const auto& [kind, count] : expected) {
    if (kind == "any" || FaultKinds::instance().find(kind) != nullptr) continue;
    return InvalidValue{Place() / kind, "unknown kind of fault, expected any or one of: " +
                                            FaultKinds::instance().names()};
  }
  return std::nullopt;
}

std::vector<std::string> warnings(const std::vector<PhasePlan>& phases, base::Duration time_limit) {
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
