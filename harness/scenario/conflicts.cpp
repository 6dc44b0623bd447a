#include "harness/scenario/conflicts.h"

#include <algorithm>

#include "nemesis/plan/conflicts.h"
#include "nemesis/plan/schedule.h"

namespace capsize::harness {
namespace {

using nemesis::InvalidValue;

/// Far above the limit of a scenario.
constexpr std::size_t kClusterMax = 1000;

std::optional<InvalidValue> at(const base::JsonPlace& place, std::optional<InvalidValue> invalid) {
  if (invalid) invalid->place = place / invalid->place;
  return invalid;
}

base::JsonPlace key(std::string_view name) {
  return base::JsonPlace() / name;
}

std::vector<nemesis::PhasePlan> phases_of(const Scenario& scenario) {
  return nemesis::parse_phases(scenario.phases, scenario.nodes).phases;
}

}  // namespace

std::optional<InvalidValue> plan_conflict(const Scenario& scenario) {
  auto parsed = nemesis::parse_phases(scenario.phases, scenario.nodes);
  if (!parsed.ok()) return at(key("phases"), parsed.invalid);
  if (scenario.expect) {
    auto unknown = nemesis::find_unknown_kind(scenario.expect->faults);
    if (unknown) return at(key("expect") / "faults", std::move(unknown));
  }
  // A number of nodes that is itself invalid is reported elsewhere.
  if (scenario.nodes < 1 || scenario.nodes > kClusterMax) return std::nullopt;
  const bool known =
      std::all_of(scenario.nemesis.begin(), scenario.nemesis.end(), [](const std::string& name) {
        return name == kSwarm || nemesis::find_fault_plan(name).has_value();
      });
  if (!known) return std::nullopt;
  const nemesis::RunShape shape{.nodes = scenario.nodes, .spares = spares_of(scenario)};
  for (const std::string& name : scenario.nemesis) {
    if (name == kSwarm) continue;
    if (const auto why = nemesis::why_impossible(name, shape); !why.empty()) {
      return InvalidValue{key("nemesis"),
                          "found " + name + ", but none of its faults is possible: " + why};
    }
  }
  return at(key("phases"), nemesis::find_impossible(parsed.phases, shape));
}

std::optional<InvalidValue> time_conflict(const Scenario& scenario) {
  return at(key("phases"), nemesis::find_out_of_time(phases_of(scenario), scenario.time_limit));
}

std::vector<std::string> plan_warnings(const Scenario& scenario) {
  return nemesis::collect_warnings(phases_of(scenario), scenario.time_limit);
}

}  // namespace capsize::harness
