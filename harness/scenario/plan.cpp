#include "harness/scenario/plan.h"

#include "base/check.h"
#include "nemesis/engine/nemesis.h"
#include "nemesis/plan/conflicts.h"
#include "nemesis/plan/phases.h"
#include "nemesis/plan/schedule.h"

namespace capsize::harness {
namespace {

/// Phases beyond this number are not predicted: a script may be endless.
constexpr std::size_t kPhasesMax = 50;

/// The strategy whose script takes the place of the mixture's schedule with this seed.
std::optional<std::string> script_of_mixture(const Scenario& scenario) {
  auto prng = base::Prng::stream(*scenario.seed, "swarm-script");
  return nemesis::draw_script(prng);
}

std::vector<nemesis::PlannedFault> draw_schedule(const Scenario& scenario) {
  std::vector<nemesis::FaultPlan> plans;
  std::vector<nemesis::FaultPlan> swarm;
  auto options = nemesis::options_for(scenario.time_limit, *scenario.seed);
  for (const auto& name : scenario.nemesis) {
    if (name == kSwarm) {
      if (script_of_mixture(scenario)) continue;
      for (const auto& each : nemesis::all_names())
        swarm.push_back(*nemesis::find_fault_plan(each));
    } else {
      plans.push_back(*nemesis::find_fault_plan(name));
      plans.back().named = true;
    }
  }
  if (!swarm.empty()) {
    auto prng = base::Prng::stream(*scenario.seed, "swarm");
    options = nemesis::draw_options(options, prng);
    for (auto& plan : nemesis::draw_swarm(std::move(swarm), prng)) plans.push_back(std::move(plan));
  }
  return nemesis::make_schedule(plans, options);
}

std::vector<std::unique_ptr<nemesis::Script>> make_scripts(const Scenario& scenario) {
  std::vector<std::unique_ptr<nemesis::Script>> scripts;
  if (!scenario.phases.empty()) {
    auto phases = nemesis::parse_phases(scenario.phases, scenario.nodes);
    CHECK(phases.ok(), "the phases of a scenario are validated");
    scripts.push_back(nemesis::make_script(std::move(phases.phases), scenario.repeat_phases));
  }
  for (const auto& each : scenario.nemesis) {
    const std::string name = each == kSwarm ? script_of_mixture(scenario).value_or("") : each;
    const auto* strategy = nemesis::Strategies::instance().find(name);
    if (auto script = strategy != nullptr ? strategy->script() : nullptr) {
      scripts.push_back(std::move(script));
    }
  }
  return scripts;
}

/// Returns what a script would see in a healthy cluster in which all faults so far took effect.
nemesis::Situation predict_situation(const Scenario& scenario, base::Duration now,
                                     std::uint64_t phases, std::size_t installed) {
  nemesis::Situation situation{.now = now, .phases = phases, .installed = installed};
  situation.cluster.nodes.resize(scenario.nodes, {.running = true});
  situation.cluster.members = situation.cluster.core();
  situation.cluster.leader = 0;
  return situation;
}

}  // namespace

Plan plan(const Scenario& scenario) {
  CHECK(scenario.seed.has_value(), "a plan has a seed");
  Plan plan{.scheduled = draw_schedule(scenario)};
  std::uint64_t stream = plan.scheduled.empty() ? 0 : 1;
  for (const auto& script : make_scripts(scenario)) {
    // The random stream that the script uses in a run (nemesis/engine/nemesis.cpp).
    auto prng = base::Prng::stream(*scenario.seed, nemesis::kScriptStream, stream++);
    base::Duration now{};
    std::size_t installed = 0;
    for (std::uint64_t i = 0; now < scenario.time_limit; ++i) {
      if (i == kPhasesMax || plan.predicted.size() >= kPredictedMax) {
        plan.continues = true;
        break;
      }
      auto phase = script->next(predict_situation(scenario, now, i, installed), prng);
      if (!phase) break;
      now += nemesis::shortest_duration(*phase);
      installed += phase->faults.size();
      for (auto& fault : phase->faults) {
        fault.id = plan.scheduled.size() + plan.predicted.size() + 1;
        fault.phase = i + 1;
        fault.phase_when = phase->when;
        plan.predicted.push_back(std::move(fault));
      }
    }
  }
  return plan;
}

std::vector<std::unique_ptr<nemesis::Script>> scripts(const Scenario& scenario, const Plan& plan) {
  std::vector<std::unique_ptr<nemesis::Script>> all;
  if (!plan.scheduled.empty()) all.push_back(nemesis::make_script(plan.scheduled));
  for (auto& script : make_scripts(scenario)) all.push_back(std::move(script));
  return all;
}

}  // namespace capsize::harness
