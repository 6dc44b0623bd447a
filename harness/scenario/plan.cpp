#include "harness/scenario/plan.h"

#include "base/check.h"
#include "nemesis/engine/nemesis.h"
#include "nemesis/plan/conflicts.h"
#include "nemesis/plan/phases.h"
#include "nemesis/plan/schedule.h"

namespace capsize::harness {
namespace {

/// Phases beyond these are not foreseen: a script need not end.
constexpr std::size_t kPhasesMax = 50;

std::vector<nemesis::PlannedFault> deal(const Scenario& scenario) {
  std::vector<nemesis::FaultPlan> plans;
  std::vector<nemesis::FaultPlan> swarm;
  auto options = nemesis::options_for(scenario.time_limit, *scenario.seed);
  for (const auto& name : scenario.nemesis) {
    if (name == kSwarm) {
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

std::vector<std::unique_ptr<nemesis::Script>> asked(const Scenario& scenario) {
  std::vector<std::unique_ptr<nemesis::Script>> scripts;
  if (!scenario.phases.empty()) {
    auto phases = nemesis::parse_phases(scenario.phases, scenario.nodes);
    CHECK(phases.ok(), "the phases of a scenario are validated");
    scripts.push_back(nemesis::play(std::move(phases.phases), scenario.repeat_phases));
  }
  for (const auto& name : scenario.nemesis) {
    const auto* strategy = nemesis::Strategies::instance().find(name);
    if (auto script = strategy != nullptr ? strategy->script() : nullptr) {
      scripts.push_back(std::move(script));
    }
  }
  return scripts;
}

/// A healthy cluster, in which all faults so far took effect, as a script would see it.
nemesis::Situation imagined(const Scenario& scenario, base::Duration now, std::uint64_t phases,
                            std::size_t installed) {
  nemesis::Situation situation{.now = now, .phases = phases, .installed = installed};
  situation.cluster.nodes.resize(scenario.nodes, {.running = true});
  situation.cluster.members = situation.cluster.core();
  situation.cluster.leader = 0;
  return situation;
}

}  // namespace

Plan plan(const Scenario& scenario) {
  CHECK(scenario.seed.has_value(), "a plan has a seed");
  Plan plan{.scheduled = deal(scenario)};
  std::uint64_t stream = plan.scheduled.empty() ? 0 : 1;
  for (const auto& script : asked(scenario)) {
    // The stream that the script draws from in a run, too (nemesis.cpp).
    auto prng = base::Prng::stream(*scenario.seed, nemesis::kScriptStream, stream++);
    base::Duration now{};
    std::size_t installed = 0;
    for (std::uint64_t i = 0; now < scenario.time_limit; ++i) {
      if (i == kPhasesMax || plan.foreseen.size() >= kForeseenMax) {
        plan.continues = true;
        break;
      }
      auto phase = script->next(imagined(scenario, now, i, installed), prng);
      if (!phase) break;
      now += nemesis::shortest(*phase);
      installed += phase->faults.size();
      for (auto& fault : phase->faults) {
        fault.id = plan.scheduled.size() + plan.foreseen.size() + 1;
        fault.phase = i + 1;
        fault.phase_when = phase->when;
        plan.foreseen.push_back(std::move(fault));
      }
    }
  }
  return plan;
}

std::vector<std::unique_ptr<nemesis::Script>> scripts(const Scenario& scenario, const Plan& plan) {
  std::vector<std::unique_ptr<nemesis::Script>> all;
  if (!plan.scheduled.empty()) all.push_back(nemesis::script_of(plan.scheduled));
  for (auto& script : asked(scenario)) all.push_back(std::move(script));
  return all;
}

}  // namespace capsize::harness
