#include "nemesis/conflicts.h"

#include <algorithm>

#include "base/units.h"
#include "nemesis/fault_kind.h"
#include "nemesis/schedule.h"
#include "node/wire/header.h"

namespace capsize::nemesis {
namespace {

using Place = base::JsonPlace;

const FaultKind& kind_named(const Card& card) {
  const FaultKind* kind = FaultKinds::instance().find(card.kind);
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

/// The key and why, of a card that no such cluster can bear; an empty key: it can.
std::pair<std::string, std::string> impossible_card(const Card& card, const RunShape& shape) {
  const FaultKind& kind = kind_named(card);
  if (kind.on_links() && shape.nodes + shape.spares < 2) {
    return {"kind", "there are no links " + in_cluster_of(shape)};
  }
  const auto nodes = in_health(card.target, shape);
  if (!nodes && !depends_on_another(card.target)) {
    return {"target",
            "found " + name(card.target) + ", which there is not " + in_cluster_of(shape)};
  }
  if (!card.peers) return {};
  if (*card.peers == card.target && card.target.select != Select::kOne &&
      card.target.select != Select::kFollower && card.target.select != Select::kMinority) {
    return {"peers", "found the target itself, and a node has no link to itself"};
  }
  const auto peers = in_health(*card.peers, shape);
  if (!peers && !depends_on_another(*card.peers)) {
    return {"peers", "found " + name(*card.peers) + ", which there is not " + in_cluster_of(shape)};
  }
  // Named nodes are the same ones in every run, so a look at one cluster is enough.
  const bool named = card.target.select == Select::kNamed && card.peers->select == Select::kNamed;
  if (named && std::includes(nodes->begin(), nodes->end(), peers->begin(), peers->end())) {
    return {"peers", "found only nodes of the target, and a node has no link to itself"};
  }
  return {};
}

/// A parameter of the anchor that names a node which does not exist.
std::optional<Misfit> absent_node(const std::optional<Anchor>& anchor, const Place& place,
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
    return Misfit{place / anchor->event / key,
                  "found " + anchor->params[key].text() + ", expected n1 to " + node_name(all - 1)};
  }
  return std::nullopt;
}

/// When a phase begins, all faults of the phases before it are over, so that none of its own script
/// can fire an anchor that it waits for.
std::optional<Misfit> never_fires(const std::optional<Anchor>& when, const Place& place) {
  if (!when || when->event != "fault" || when->params.value("label", "").empty()) {
    return std::nullopt;
  }
  return Misfit{place,
                "waits for a labelled fault, but those of the phases before it are over when "
                "it begins to wait"};
}

std::optional<Misfit> impossible_fault(const PlannedFault& fault, const Place& place,
                                       const RunShape& shape) {
  if (const auto [key, what] = impossible_card(fault.card, shape); !key.empty()) {
    return Misfit{place / key, what};
  }
  if (auto misfit = absent_node(fault.when, place / "when", shape)) return misfit;
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
    phase.faults.back().hold = phase.faults.back().card.hold_min;
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

std::optional<Misfit> impossible_in(const std::vector<PhasePlan>& phases, const RunShape& shape) {
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const Phase& phase = phases[i].phase;
    const Place place = Place() / i;
    for (const auto& [anchor, key] : {std::pair{&phase.when, "when"}, {&phase.until, "until"}}) {
      if (auto misfit = absent_node(*anchor, place / key, shape)) return misfit;
    }
    if (auto misfit = never_fires(phase.when, place / "when")) return misfit;
    for (std::size_t k = 0; k < phase.faults.size(); ++k) {
      auto misfit = impossible_fault(phase.faults[k], place / "faults" / k, shape);
      if (misfit) return misfit;
    }
  }
  return std::nullopt;
}

std::optional<Misfit> out_of_time(const std::vector<PhasePlan>& phases, base::Duration time_limit) {
  base::Duration begin{};
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const Phase& phase = phases[i].phase;
    const Place place = Place() / i;
    begin += earliest(phase.when);
    if (begin >= time_limit) {
      return Misfit{place, after_the_end("this phase begins", begin, time_limit)};
    }
    for (std::size_t k = 0; k < phase.faults.size(); ++k) {
      const PlannedFault& fault = phase.faults[k];
      const base::Duration at = begin + earliest(fault.when) + fault.at;
      if (at >= time_limit) {
        return Misfit{place / "faults" / k, after_the_end("this fault begins", at, time_limit)};
      }
    }
    const base::Duration once = shortest(certain(phases[i]));
    // Repeated without end is as long as the run: no product that could overflow.
    const auto most = static_cast<std::uint64_t>(time_limit / std::max(once, base::Duration(1)));
    begin += once * static_cast<std::int64_t>(std::min(phases[i].repeat, most + 1));
  }
  return std::nullopt;
}

std::string impossible_deck(const std::string& name, const RunShape& shape) {
  const auto deck = find_deck(name);
  CHECK(deck.has_value(), "the name of a deck is known");
  std::string why;
  for (const Card& card : deck->cards) {
    const auto [key, what] = impossible_card(card, shape);
    if (key.empty()) return {};
    if (why.empty()) why = card.kind + ": " + what;
  }
  return why;
}

std::optional<Misfit> unknown_kinds(const std::map<std::string, std::uint64_t>& expected) {
  for (const auto& [kind, count] : expected) {
    if (kind == "any" || FaultKinds::instance().find(kind) != nullptr) continue;
    return Misfit{Place() / kind, "unknown kind of fault, expected any or one of: " +
                                      FaultKinds::instance().names()};
  }
  return std::nullopt;
}

std::vector<std::string> warnings(const std::vector<PhasePlan>& phases, base::Duration time_limit) {
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const Phase& phase = phases[i].phase;
    const std::string at = "phases." + std::to_string(i);
    if (phase.when && phase.when->event == "told") {
      warnings.push_back(at + ".when: waits for a word, which only a run with --steer receives");
    }
    for (std::size_t k = 0; k < phase.faults.size(); ++k) {
      const PlannedFault& fault = phase.faults[k];
      const bool bounded = fault.until || phase.until || phase.at_most > base::Duration::zero();
      if (bounded || fault.card.hold_min < time_limit) continue;
      warnings.push_back(at + ".faults." + std::to_string(k) + ": is held for " +
                         base::format_duration(fault.card.hold_min) +
                         ", and heals only when the run ends after " +
                         base::format_duration(time_limit));
    }
  }
  return warnings;
}

}  // namespace capsize::nemesis
