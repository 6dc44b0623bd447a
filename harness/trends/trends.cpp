#include "harness/trends/trends.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "base/check.h"
#include "harness/suite_report/grouping.h"

namespace capsize::harness {
namespace {

using checker::Verdict;

constexpr std::size_t kGroupsMax = 12;
constexpr std::size_t kKindsShownMax = 24;
constexpr double kLoadMsMin = 1;

bool has_verdict(const LedgerRun& run) {
  return run.verdict != Verdict::kHarnessError && run.verdict != Verdict::kUsageError;
}

constexpr std::uint64_t kSlowFaultsMin = 10;

/// A value with the number of runs or faults for which it stands.
struct Weighted {
  double value;
  double weight;
};

/// Recoveries from one kind of fault in one night.
struct Recoveries {
  std::uint64_t faults =
      0;  // bounded for each run (run_measures.cpp), so the sum does not overflow
  std::vector<Weighted> times;
};

/// The value up to which this share of the weight is; the mean of two if it is between them.
/// Precondition: there is a value.
double weighted_quantile(std::vector<Weighted> values, double share) {
  std::sort(values.begin(), values.end(),
            [](const Weighted& a, const Weighted& b) { return a.value < b.value; });
  double total = 0;
  for (const Weighted& each : values) total += each.weight;
  const double wanted = share * total;
  const double rounding = 1e-9 * total;
  double sum = 0;
  for (std::size_t i = 0; i + 1 < values.size(); ++i) {
    sum += values[i].weight;
    if (std::abs(sum - wanted) <= rounding) return (values[i].value + values[i + 1].value) / 2;
    if (sum > wanted) return values[i].value;
  }
  return values.back().value;
}

std::optional<TrendValue> rate(std::uint64_t k, std::uint64_t n) {
  if (n == 0) return std::nullopt;
  return TrendValue{static_cast<double>(k) / static_cast<double>(n), k, n};
}

struct GroupCases {
  std::string signature;
  std::string label;
  std::set<std::string> cases;
  std::size_t runs = 0;  // over all nights
};
using GroupsByKey = std::map<std::string, GroupCases>;

/// What the runs of one night say.
class NightTally {
 public:
  explicit NightTally(TrendNight& night) : night_(night) {}

  void add(const LedgerRun& run, GroupsByKey& groups) {
    if (is_grouped(run)) add_groups(run, groups);
    if (run.purpose != Purpose::kTest) return;
    ++night_.tests;
    if (!has_verdict(run)) {
      ++night_.without_verdict;
      return;
    }
    if (run.verdict == Verdict::kValid) ++night_.valid;
    if (run.verdict == Verdict::kInvalid) ++night_.invalid;
    add(run.measured, run.faults);
  }

  [[nodiscard]] std::optional<TrendValue> pass_rate() const {
    return rate(night_.valid, night_.tests - night_.without_verdict);
  }
  [[nodiscard]] std::optional<TrendValue> group_rate(const std::string& key,
                                                     const GroupCases& group) const {
    const auto found = failing_.find(key);
    const std::size_t failing = found == failing_.end() ? 0 : found->second;
    const auto beside = beside_errors_.find(key);
    std::size_t runs = beside == beside_errors_.end() ? 0 : beside->second;
    for (const auto& name : group.cases) {
      if (const auto ran = runs_.find(name); ran != runs_.end()) runs += ran->second;
    }
    return rate(failing, runs);
  }
  /// The time that `share` of the recoveries do not exceed.
  [[nodiscard]] std::optional<TrendValue> recovery(const std::string& kind, double share) const {
    const auto found = recovery_.find(kind);
    if (found == recovery_.end()) return std::nullopt;
    return TrendValue{weighted_quantile(found->second.times, share), found->second.faults, 0};
  }
  [[nodiscard]] std::optional<TrendValue> throughput() const {
    if (throughput_.empty()) return std::nullopt;
    return TrendValue{median_of(throughput_), throughput_.size(), 0};
  }
  [[nodiscard]] std::optional<TrendValue> fault_rate() const {
    if (load_ms_ < kLoadMsMin) return std::nullopt;
    return TrendValue{faults_ / (load_ms_ / 60'000), loads_, 0};
  }
  [[nodiscard]] std::optional<TrendValue> new_behaviours() const {
    if (behaviour_runs_ == 0) return std::nullopt;
    return TrendValue{new_behaviours_, behaviour_runs_, 0};
  }
  [[nodiscard]] const std::map<std::string, Recoveries>& recoveries() const { return recovery_; }
  [[nodiscard]] std::size_t unmeasured() const { return unmeasured_; }

 private:
  void add_groups(const LedgerRun& run, GroupsByKey& groups) {
    if (has_verdict(run)) ++runs_[run.case_name];
    for (const RunFailure& failure : failures_of(run)) {
      const std::string key = group_key(failure);
      GroupCases& group = groups[key];
      group.signature = failure.signature;
      group.label = failure.title();
      group.cases.insert(run.case_name);
      ++group.runs;
      ++failing_[key];
      if (!has_verdict(run)) ++beside_errors_[key];
    }
  }

  void add(const RunMeasures& measured, std::uint64_t faults) {
    if (measured == RunMeasures{}) ++unmeasured_;
    for (const auto& [kind, each] : measured.recovery) {
      Recoveries& all = recovery_[kind];
      all.faults += each.faults;
      const double weight =
          static_cast<double>(each.faults) / static_cast<double>(each.times_ms.size());
      for (const double time : each.times_ms) all.times.push_back({time, weight});
    }
    if (measured.ok_per_second) throughput_.push_back(*measured.ok_per_second);
    if (measured.load_ms) {
      load_ms_ += *measured.load_ms;
      faults_ += static_cast<double>(faults);
      ++loads_;
    }
    if (measured.new_behaviours) {
      new_behaviours_ += *measured.new_behaviours;
      ++behaviour_runs_;
    }
  }

  TrendNight& night_;
  std::map<std::string, std::size_t> runs_;  // with a verdict, by case
  // By group; runs that ended with a harness error are counted only for the group that they show.
  std::map<std::string, std::size_t> failing_, beside_errors_;
  std::map<std::string, Recoveries> recovery_;  // by kind of fault
  std::vector<double> throughput_;
  double load_ms_ = 0, faults_ = 0, new_behaviours_ = 0;
  std::uint64_t loads_ = 0, behaviour_runs_ = 0;
  std::size_t unmeasured_ = 0;
};

/// The value of all nights of a part of a series.
double level_of(Quantity quantity, std::span<const TrendValue> values) {
  if (is_rate(quantity)) {
    std::uint64_t k = 0;
    std::uint64_t n = 0;
    for (const TrendValue& each : values) {
      k += each.count;
      n += each.of;
    }
    return n == 0 ? 0 : static_cast<double>(k) / static_cast<double>(n);
  }
  std::vector<double> levels;
  for (const TrendValue& each : values) levels.push_back(each.value);
  return median_of(std::move(levels));
}

std::vector<ChangePoint> change_points(Quantity quantity, std::span<const TrendValue> values,
                                       const ChangeOptions& options) {
  if (quantity == Quantity::kNewBehaviours) return {};
  if (is_rate(quantity)) {
    std::vector<Share> shares;
    for (const TrendValue& each : values) shares.push_back({each.count, each.of});
    return share_changes(shares, options);
  }
  std::vector<double> levels;
  for (const TrendValue& each : values) levels.push_back(each.value);
  return level_changes(levels, options);
}

void mark_changes(Series& series, const ChangeOptions& options) {
  std::vector<std::size_t> nights;  // those that have a value
  std::vector<TrendValue> values;
  for (std::size_t night = 0; night < series.values.size(); ++night) {
    if (!series.values[night]) continue;
    nights.push_back(night);
    values.push_back(*series.values[night]);
  }
  const auto points = change_points(series.quantity, values, options);
  const std::span<const TrendValue> all = values;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::size_t begin = i == 0 ? 0 : points[i - 1].first;
    const std::size_t middle = points[i].first;
    const std::size_t end = i + 1 < points.size() ? points[i + 1].first : values.size();
    series.changes.push_back(
        {.before = nights[middle - 1],
         .first = nights[middle],
         .value_before = level_of(series.quantity, all.subspan(begin, middle - begin)),
         .value_after = level_of(series.quantity, all.subspan(middle, end - middle)),
         .p = points[i].p});
  }
}

TrendNight to_trend_night(const Night& night, std::size_t number) {
  const Execution& first = *night.executions.front();
  TrendNight trend{.number = number,
                   .started = first.started,
                   .revision = first.revision,
                   .executions = {},
                   .complete = is_complete(night) && is_whole(night)};
  for (const Execution* execution : night.executions) trend.executions.push_back(execution->id);
  return trend;
}

/// Adds series to trends, from the tallies of all nights.
class SeriesMaker {
 public:
  SeriesMaker(Trends& trends, const std::vector<NightTally>& tallies)
      : trends_(trends), tallies_(tallies) {}

  void add(Series series,
           const std::function<std::optional<TrendValue>(const NightTally&)>& value) {
    bool any = false;
    for (const NightTally& tally : tallies_) {
      series.values.push_back(value(tally));
      any = any || series.values.back();
    }
    if (!any) return;
    mark_changes(series, trends_.options);
    trends_.series.push_back(std::move(series));
  }

  /// The most frequent groups.
  void add_groups(const GroupsByKey& groups) {
    std::vector<std::pair<std::string, GroupCases>> sorted(groups.begin(), groups.end());
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.second.runs > b.second.runs; });
    if (sorted.size() > kGroupsMax) {
      trends_.groups_left_out = sorted.size() - kGroupsMax;
      sorted.resize(kGroupsMax);
    }
    for (const auto& [key, group] : sorted) {
      add({.quantity = Quantity::kGroupRate, .what = group.signature, .label = group.label},
          [&, &key = key, &group = group](const NightTally& tally) {
            return tally.group_rate(key, group);
          });
    }
  }

  /// The most frequent kinds of faults.
  void add_recoveries() {
    std::map<std::string, std::uint64_t> faults;
    for (const NightTally& tally : tallies_) {
      for (const auto& [kind, each] : tally.recoveries()) faults[kind] += each.faults;
    }
    std::vector<std::pair<std::string, std::uint64_t>> sorted(faults.begin(), faults.end());
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    if (sorted.size() > kKindsShownMax) {
      trends_.kinds_left_out = sorted.size() - kKindsShownMax;
      sorted.resize(kKindsShownMax);
    }
    for (const auto& [kind, count] : sorted) {
      add({.quantity = Quantity::kRecovery, .what = kind},
          [&kind = kind](const NightTally& tally) { return tally.recovery(kind, 0.5); });
      add({.quantity = Quantity::kSlowRecovery, .what = kind},
          [&kind = kind](const NightTally& tally) -> std::optional<TrendValue> {
            const auto slow = tally.recovery(kind, 0.9);
            return slow && slow->count >= kSlowFaultsMin ? slow : std::nullopt;
          });
    }
  }

 private:
  Trends& trends_;
  const std::vector<NightTally>& tallies_;
};

/// Whether `a` says more about an execution that is in two ledgers.
bool knows_more(const Execution& a, const Execution& b) {
  return std::pair(a.runs.size(), a.ended) > std::pair(b.runs.size(), b.ended);
}

}  // namespace

std::string_view name(Quantity quantity) {
  switch (quantity) {
    case Quantity::kPassRate:
      return "pass-rate";
    case Quantity::kGroupRate:
      return "group-rate";
    case Quantity::kRecovery:
      return "recovery";
    case Quantity::kSlowRecovery:
      return "recovery-p90";
    case Quantity::kThroughput:
      return "throughput";
    case Quantity::kFaultRate:
      return "faults-per-minute";
    case Quantity::kNewBehaviours:
      return "new-behaviours";
  }
  return "?";
}

bool is_rate(Quantity quantity) {
  return quantity == Quantity::kPassRate || quantity == Quantity::kGroupRate;
}

std::size_t Series::nights_without_value() const {
  return static_cast<std::size_t>(std::count(values.begin(), values.end(), std::nullopt));
}

std::size_t Trends::tests() const {
  std::size_t sum = 0;
  for (const auto& night : nights) sum += night.tests;
  return sum;
}

std::size_t Trends::changes() const {
  std::size_t sum = 0;
  for (const auto& each : series) sum += each.changes.size();
  return sum;
}

Trends trends_of(const Ledger& ledger, const std::string& suite, std::size_t nights_max,
                 const ChangeOptions& options) {
  Trends trends{.suite = suite, .nights = {}, .series = {}, .options = options};
  std::vector<Night> nights = nights_of(ledger, suite);
  std::vector<std::pair<Night, std::size_t>> kept;
  for (std::size_t number = 0; number < nights.size(); ++number) {
    auto& executions = nights[number].executions;
    trends.only_executions += static_cast<std::size_t>(
        std::erase_if(executions, [](const Execution* each) { return !each->only.empty(); }));
    if (!executions.empty()) kept.emplace_back(std::move(nights[number]), number);
  }
  if (kept.size() > nights_max) {
    trends.earlier_nights = kept.size() - nights_max;
    kept.erase(kept.begin(), kept.end() - static_cast<std::ptrdiff_t>(nights_max));
  }
  for (const auto& [night, number] : kept) trends.nights.push_back(to_trend_night(night, number));
  GroupsByKey groups;
  std::vector<NightTally> tallies;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    NightTally& tally = tallies.emplace_back(trends.nights[i]);
    for (const Execution* execution : kept[i].first.executions) {
      for (const LedgerRun& run : execution->runs) tally.add(run, groups);
    }
    trends.unmeasured_tests += tally.unmeasured();
  }
  SeriesMaker make(trends, tallies);
  make.add({.quantity = Quantity::kPassRate}, &NightTally::pass_rate);
  make.add_groups(groups);
  make.add_recoveries();
  make.add({.quantity = Quantity::kThroughput}, &NightTally::throughput);
  make.add({.quantity = Quantity::kFaultRate}, &NightTally::fault_rate);
  make.add({.quantity = Quantity::kNewBehaviours}, &NightTally::new_behaviours);
  return trends;
}

std::vector<std::string> suites_of(const Ledger& ledger) {
  std::set<std::string> names;
  for (const Execution& execution : ledger.executions) {
    if (execution.only.empty()) names.insert(execution.suite);
  }
  return {names.begin(), names.end()};
}

base::Result<Ledger> read_ledgers(const std::vector<std::filesystem::path>& paths) {
  Ledger all;
  std::map<std::string, std::size_t> position;  // of an execution, by its id
  for (const auto& path : paths) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
      return base::Error{path.string() + ": found no file, expected a ledger"};
    }
    auto read = read_ledger(path);
    if (!read) return read.error();
    if (paths.size() == 1) return read;
    for (Execution& execution : read.value().executions) {
      const auto [known, added] = position.try_emplace(execution.id, all.executions.size());
      if (added) {
        all.executions.push_back(std::move(execution));
      } else if (knows_more(execution, all.executions[known->second])) {
        all.executions[known->second] = std::move(execution);
      }
    }
  }
  // So that shards of a night, from several ledgers, are neighbours. Times have one form.
  std::stable_sort(all.executions.begin(), all.executions.end(),
                   [](const Execution& a, const Execution& b) { return a.started < b.started; });
  return all;
}

}  // namespace capsize::harness
