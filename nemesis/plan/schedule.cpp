#include "nemesis/plan/schedule.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/prng.h"
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

constexpr double kFaultPlanShare = 0.5;
constexpr double kScriptShare = 0.4;  // of the runs of the mixture
constexpr double kSpecShare = 0.7;
constexpr std::size_t kFaultPlansMin = 2;

/// Draws each item with probability `share`, but at least `least` items if there are that many.
template <class Item>
std::vector<Item> draw_subset(std::vector<Item> items, double share, std::size_t least,
                              base::Prng& prng) {
  prng.shuffle(items);
  std::size_t drawn = 0;
  for (std::size_t i = 0; i < items.size(); ++i) drawn += prng.chance(share) ? 1 : 0;
  items.resize(std::min(items.size(), std::max(drawn, least)));
  return items;
}

}  // namespace

std::optional<FaultPlan> find_fault_plan(const std::string& name) {
  FaultPlan plan{.name = name, .specs = {}};
  if (const Strategy* strategy = Strategies::instance().find(name)) {
    plan.specs = strategy->faults();
  } else if (const FaultKind* kind = FaultKinds::instance().find(name)) {
    plan.specs = {kind->spec()};
  } else {
    return std::nullopt;
  }
  for (FaultSpec& spec : plan.specs) spec.planned_by = name;
  return plan;
}

std::size_t spares_needed(const std::string& name) {
  if (const Strategy* strategy = Strategies::instance().find(name)) return strategy->spares();
  const FaultKind* kind = FaultKinds::instance().find(name);
  CHECK(kind != nullptr, "the name of a fault plan is a strategy or a kind of fault");
  return kind->spares();
}

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const auto& strategy : Strategies::instance().all()) {
    if (strategy->spares() == 0) names.emplace_back(strategy->name());
  }
  return names;
}

std::vector<std::string> default_names() {
  std::vector<std::string> names;
  for (const auto& strategy : Strategies::instance().all()) {
    if (strategy->by_default()) names.emplace_back(strategy->name());
  }
  return names;
}

std::string known_names() {
  std::string names = Strategies::instance().names();
  for (const auto& kind : FaultKinds::instance().all()) {
    if (Strategies::instance().find(kind->name()) == nullptr) {
      names += ", " + std::string(kind->name());
    }
  }
  return names;
}

std::optional<std::string> draw_script(base::Prng& prng) {
  std::vector<std::string> names;
  for (const auto& strategy : Strategies::instance().all()) {
    if (strategy->replaces_schedule()) names.emplace_back(strategy->name());
  }
  if (names.empty() || !prng.chance(kScriptShare)) return std::nullopt;
  return names[prng.below(names.size())];
}

std::vector<FaultPlan> draw_swarm(std::vector<FaultPlan> plans, base::Prng& prng) {
  std::erase_if(plans, [](const FaultPlan& plan) { return plan.specs.empty(); });
  std::vector<FaultPlan> drawn =
      draw_subset(std::move(plans), kFaultPlanShare, kFaultPlansMin, prng);
  for (FaultPlan& plan : drawn)
    plan.specs = draw_subset(std::move(plan.specs), kSpecShare, 1, prng);
  return drawn;
}

namespace {

bool degrades(const FaultSpec& spec) {
  const FaultKind* kind = FaultKinds::instance().find(spec.kind);
  CHECK(kind != nullptr, "a strategy lists only registered kinds of fault");
  return kind->impact() == Impact::kDegrades;
}

std::vector<FaultSpec> collect_specs(const std::vector<FaultPlan>& plans, bool degrading) {
  std::vector<FaultSpec> specs;
  for (const FaultPlan& plan : plans) {
    for (const FaultSpec& spec : plan.specs) {
      if (degrades(spec) == degrading) specs.push_back(spec);
    }
  }
  return specs;
}

/// How many of the named fault plans have a degrading (or, if not `degrading`, another) fault spec.
std::size_t count_named_plans(const std::vector<FaultPlan>& plans, bool degrading) {
  return static_cast<std::size_t>(
      std::count_if(plans.begin(), plans.end(), [&](const FaultPlan& plan) {
        return plan.named &&
               std::any_of(plan.specs.begin(), plan.specs.end(),
                           [&](const FaultSpec& spec) { return degrades(spec) == degrading; });
      }));
}

std::size_t count_planned_by(const std::vector<PlannedFault>& schedule, const std::string& name) {
  return static_cast<std::size_t>(
      std::count_if(schedule.begin(), schedule.end(),
                    [&](const PlannedFault& fault) { return fault.spec.planned_by == name; }));
}

/// Gives each named fault plan without a fault in the schedule one: it replaces the last fault of
/// the same impact whose own plan has others. With two slots and `--nemesis kill,pause`, both slots
/// may otherwise hold a kill, and a pause that the user asked for would never happen.
void ensure_named(const std::vector<FaultPlan>& plans, std::uint64_t seed,
                  std::vector<PlannedFault>& schedule) {
  auto prng = base::Prng::stream(seed, "schedule-named");
  for (const FaultPlan& plan : plans) {
    if (!plan.named || plan.specs.empty() || count_planned_by(schedule, plan.name) > 0) continue;
    const FaultSpec& spec = plan.specs[prng.below(plan.specs.size())];
    const auto dispensable = [&](const PlannedFault& fault) {
      return degrades(fault.spec) == degrades(spec) &&
             count_planned_by(schedule, fault.spec.planned_by) > 1;
    };
    const auto replaced = std::find_if(schedule.rbegin(), schedule.rend(), dispensable);
    if (replaced == schedule.rend()) continue;
    const base::Duration drawn = prng.between(spec.hold_min, spec.hold_max);
    replaced->hold = spec.needs_full_hold ? spec.hold_min : std::min(replaced->hold, drawn);
    replaced->spec = spec;
  }
}

/// Adds `count` faults at equal distances from `begin` to `end`, each with a jitter of up to a
/// fifth of the distance. They take the specs in rounds: each round is the whole list, shuffled. So
/// a run of one round or more contains every spec, whatever the seed; independent draws would omit
/// each of ten specs with probability 0.35 in ten draws.
void schedule_rounds(const std::vector<FaultSpec>& specs, base::Duration begin, base::Duration end,
                     std::size_t count, base::Duration hold_max, base::Prng& prng,
                     std::vector<PlannedFault>& schedule) {
  if (specs.empty() || count == 0) return;
  const base::Duration step = (end - begin) / static_cast<std::int64_t>(count);
  std::vector<FaultSpec> round;
  base::Duration healed = begin;  // when the previous fault is healed
  const bool one_strategy = std::all_of(specs.begin(), specs.end(), [&](const FaultSpec& spec) {
    return spec.planned_by == specs.front().planned_by;
  });
  for (std::size_t i = 0; i < count; ++i) {
    if (round.empty()) {
      round = specs;
      prng.shuffle(round);
    }
    PlannedFault fault;
    fault.spec = std::move(round.back());
    round.pop_back();
    fault.at = begin + step * static_cast<std::int64_t>(i) +
               prng.between(base::Duration::zero(), step / 5);
    fault.hold = prng.between(fault.spec.hold_min, fault.spec.hold_max);
    if (hold_max > base::Duration::zero()) {
      // Short run: holds are cut to hold_max, except where the spec needs its full hold. Such a
      // fault (a rolling restart of 1.5 s at a spacing of 0.6 s) takes the slots after it as well;
      // but only if all specs are of one strategy: another strategy might have no other slot.
      if (fault.at < healed && one_strategy) continue;
      fault.hold =
          fault.spec.needs_full_hold ? fault.spec.hold_min : std::min(fault.hold, hold_max);
    }
    fault.hold = std::max(std::min(fault.hold, end - fault.at), base::Duration::zero());
    healed = fault.at + fault.hold;
    schedule.push_back(std::move(fault));
  }
}

class ScheduledScript final : public Script {
 public:
  explicit ScheduledScript(std::vector<PlannedFault> schedule) : schedule_(std::move(schedule)) {}
  std::optional<Phase> next(const Situation&, base::Prng&) override {
    if (schedule_.empty()) return std::nullopt;
    return Phase{.faults = std::exchange(schedule_, {})};
  }

 private:
  std::vector<PlannedFault> schedule_;
};

}  // namespace

std::unique_ptr<Script> make_script(std::vector<PlannedFault> schedule) {
  return std::make_unique<ScheduledScript>(std::move(schedule));
}

ScheduleOptions options_for(base::Duration time_limit, std::uint64_t seed) {
  ScheduleOptions options{.time_limit = time_limit, .seed = seed};
  if (time_limit >= kFullLength) return options;
  const base::Duration full = options.spacing;
  options.lead_in = std::min(options.lead_in, time_limit / 8);
  options.tail = std::min(options.tail, time_limit / 5);
  options.spacing = std::max(
      kSpacingMin, base::Duration(full.count() * (time_limit / std::chrono::milliseconds(1)) /
                                  (kFullLength / std::chrono::milliseconds(1))));
  // The remaining fifth is time to recover before the next fault.
  options.hold_max = options.spacing * 4 / 5;
  return options;
}

ScheduleOptions draw_options(ScheduleOptions options, base::Prng& prng) {
  options.spacing = prng.between(options.spacing * 7 / 10, options.spacing * 3 / 2);
  options.degrading_share = 0.2 + 0.6 * prng.unit();
  return options;
}

std::vector<PlannedFault> make_schedule(const std::vector<FaultPlan>& plans,
                                        const ScheduleOptions& options) {
  const base::Duration begin = options.lead_in;
  const base::Duration end = options.time_limit - options.tail;
  std::vector<PlannedFault> schedule;
  if (end <= begin) return schedule;

  const auto stopping = collect_specs(plans, false);
  const auto degrading = collect_specs(plans, true);
  const auto slots =
      std::min(static_cast<std::size_t>((end - begin) / options.spacing), kScheduledMax / 2);
  auto stopping_prng = base::Prng::stream(options.seed, "schedule-hard");
  auto degrading_prng = base::Prng::stream(options.seed, "schedule-soft");
  schedule_rounds(stopping, begin, end,
                  std::max({slots, std::size_t{1}, count_named_plans(plans, false)}),
                  options.hold_max, stopping_prng, schedule);
  // Degrading faults last two to three times as long, so fewer of them fill the run. Their random
  // stream is their own: another number of them does not change the order of the other faults.
  const double share = stopping.empty() ? 1 : options.degrading_share;
  const auto degrading_slots = static_cast<std::size_t>(static_cast<double>(slots) * share + 1e-9);
  schedule_rounds(degrading, begin, end,
                  std::max({degrading_slots, std::size_t{1}, count_named_plans(plans, true)}), {},
                  degrading_prng, schedule);

  std::stable_sort(schedule.begin(), schedule.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  ensure_named(plans, options.seed, schedule);
  for (std::size_t i = 0; i < schedule.size(); ++i) schedule[i].id = i + 1;
  return schedule;
}

}  // namespace capsize::nemesis
