#include "nemesis/plan/schedule.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/prng.h"
#include "nemesis/model/fault_kind.h"

namespace capsize::nemesis {
namespace {

constexpr double kFaultPlanShare = 0.5;
constexpr double kSpecShare = 0.7;
constexpr std::size_t kFaultPlansMin = 2;

/// Each item with the given probability, but `least` of them if there are so many.
template <class Item>
std::vector<Item> subset(std::vector<Item> items, double share, std::size_t least,
                         base::Prng& prng) {
  prng.shuffle(items);
  std::size_t taken = 0;
  for (std::size_t i = 0; i < items.size(); ++i) taken += prng.chance(share) ? 1 : 0;
  items.resize(std::min(items.size(), std::max(taken, least)));
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

std::size_t spares_of(const std::string& name) {
  if (const Strategy* strategy = Strategies::instance().find(name)) return strategy->spares();
  const FaultKind* kind = FaultKinds::instance().find(name);
  CHECK(kind != nullptr, "a name of a deck is a strategy's or a kind's");
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

std::vector<FaultPlan> draw_swarm(std::vector<FaultPlan> plans, base::Prng& prng) {
  std::erase_if(plans, [](const FaultPlan& plan) { return plan.specs.empty(); });
  std::vector<FaultPlan> drawn = subset(std::move(plans), kFaultPlanShare, kFaultPlansMin, prng);
  for (FaultPlan& plan : drawn) plan.specs = subset(std::move(plan.specs), kSpecShare, 1, prng);
  return drawn;
}

namespace {

bool degrades(const FaultSpec& spec) {
  const FaultKind* kind = FaultKinds::instance().find(spec.kind);
  CHECK(kind != nullptr, "a strategy deals only registered faults");
  return kind->impact() == Impact::kDegrades;
}

std::vector<FaultSpec> collect(const std::vector<FaultPlan>& plans, bool degrading) {
  std::vector<FaultSpec> specs;
  for (const FaultPlan& plan : plans) {
    for (const FaultSpec& spec : plan.specs) {
      if (degrades(spec) == degrading) specs.push_back(spec);
    }
  }
  return specs;
}

/// How many of the fault plans have a fault spec of this impact.
std::size_t plans_with(const std::vector<FaultPlan>& plans, bool degrading) {
  return static_cast<std::size_t>(
      std::count_if(plans.begin(), plans.end(), [&](const FaultPlan& plan) {
        return plan.named &&
               std::any_of(plan.specs.begin(), plan.specs.end(),
                           [&](const FaultSpec& spec) { return degrades(spec) == degrading; });
      }));
}

std::size_t planned_by_name(const std::vector<PlannedFault>& schedule, const std::string& name) {
  return static_cast<std::size_t>(
      std::count_if(schedule.begin(), schedule.end(),
                    [&](const PlannedFault& fault) { return fault.spec.planned_by == name; }));
}

/// A named fault plan of which nothing was dealt takes the place of a fault whose fault plan has
/// others.
void place_named(const std::vector<FaultPlan>& plans, std::uint64_t seed,
                 std::vector<PlannedFault>& schedule) {
  auto prng = base::Prng::stream(seed, "schedule-named");
  for (const FaultPlan& plan : plans) {
    if (!plan.named || plan.specs.empty() || planned_by_name(schedule, plan.name) > 0) continue;
    const FaultSpec& spec = plan.specs[prng.below(plan.specs.size())];
    const auto spare = [&](const PlannedFault& fault) {
      return degrades(fault.spec) == degrades(spec) &&
             planned_by_name(schedule, fault.spec.planned_by) > 1;
    };
    const auto taken = std::find_if(schedule.rbegin(), schedule.rend(), spare);
    if (taken == schedule.rend()) continue;
    const base::Duration drawn = prng.between(spec.hold_min, spec.hold_max);
    taken->hold = spec.is_whole ? spec.hold_min : std::min(taken->hold, drawn);
    taken->spec = spec;
  }
}

/// One lane: the fault plan, shuffled anew for each round, laid out at equal distances with a
/// jitter of a fifth of them.
void deal(const std::vector<FaultSpec>& plan, base::Duration begin, base::Duration end,
          std::size_t count, base::Duration hold_max, base::Prng& prng,
          std::vector<PlannedFault>& schedule) {
  if (plan.empty() || count == 0) return;
  const base::Duration step = (end - begin) / static_cast<std::int64_t>(count);
  std::vector<FaultSpec> round;
  base::Duration healed = begin;  // the faults so far
  const bool one_strategy = std::all_of(plan.begin(), plan.end(), [&](const FaultSpec& spec) {
    return spec.planned_by == plan.front().planned_by;
  });
  for (std::size_t i = 0; i < count; ++i) {
    if (round.empty()) {
      round = plan;
      prng.shuffle(round);
    }
    PlannedFault fault;
    fault.spec = std::move(round.back());
    round.pop_back();
    fault.at = begin + step * static_cast<std::int64_t>(i) +
               prng.between(base::Duration::zero(), step / 5);
    fault.hold = prng.between(fault.spec.hold_min, fault.spec.hold_max);
    if (hold_max > base::Duration::zero()) {
      // One that must not be shorter takes the slots of those after it; but not those of another
      // strategy, which may have no other.
      if (fault.at < healed && one_strategy) continue;
      fault.hold = fault.spec.is_whole ? fault.spec.hold_min : std::min(fault.hold, hold_max);
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

std::unique_ptr<Script> script_of(std::vector<PlannedFault> schedule) {
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
  // Room to recover before the next one.
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

  const auto hard = collect(plans, false);
  const auto soft = collect(plans, true);
  const auto slots =
      std::min(static_cast<std::size_t>((end - begin) / options.spacing), kScheduledMax / 2);
  auto hard_prng = base::Prng::stream(options.seed, "schedule-hard");
  auto soft_prng = base::Prng::stream(options.seed, "schedule-soft");
  deal(hard, begin, end, std::max({slots, std::size_t{1}, plans_with(plans, false)}),
       options.hold_max, hard_prng, schedule);
  // Degrading faults last two to three times as long, so fewer of them fill their lane.
  const double share = hard.empty() ? 1 : options.degrading_share;
  const auto soft_slots = static_cast<std::size_t>(static_cast<double>(slots) * share + 1e-9);
  deal(soft, begin, end, std::max({soft_slots, std::size_t{1}, plans_with(plans, true)}), {},
       soft_prng, schedule);

  std::stable_sort(schedule.begin(), schedule.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  place_named(plans, options.seed, schedule);
  for (std::size_t i = 0; i < schedule.size(); ++i) schedule[i].id = i + 1;
  return schedule;
}

}  // namespace capsize::nemesis
