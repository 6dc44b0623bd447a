#include "harness/suite_report/rates.h"

#include <algorithm>

#include "base/check.h"
#include "harness/statistics/holm.h"

namespace capsize::harness {
namespace {

using checker::Verdict;

/// Whether the run says how often the system under test fails.
bool is_decided_test(const LedgerRun& run) {
  return run.purpose == Purpose::kTest &&
         (run.verdict == Verdict::kValid || run.verdict == Verdict::kInvalid);
}

std::vector<std::string> keys_of(const LedgerRun& run) {
  std::vector<std::string> keys;
  if (run.verdict != Verdict::kInvalid) return keys;
  for (const RunFailure& failure : failures_of(run)) keys.push_back(group_key(failure));
  return keys;
}

/// Calls `use(run, repeated)` for each run of a night that counts, in the order of the ledger.
template <class Use>
void each_decided_test(const Night& night, const Use& use) {
  for (const Execution* execution : night.executions) {
    if (!execution->only.empty()) continue;
    for (std::size_t i = 0; i < execution->runs.size(); ++i) {
      const bool repeated = execution->repeats_from && i >= *execution->repeats_from;
      if (is_decided_test(execution->runs[i])) use(execution->runs[i], repeated);
    }
  }
}

bool is_more_frequent(const GroupRate& rate) {
  return rate.now.failed * rate.before.runs > rate.before.failed * rate.now.runs;
}

/// How many had failed at each look that is over. All planned runs are the first look.
std::vector<std::uint64_t> failed_at(const RateCounts& counts,
                                     const std::vector<std::uint64_t>& looks) {
  std::vector<std::uint64_t> failed;
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < counts.failed.size() && failed.size() < looks.size(); ++i) {
    so_far += counts.failed[i] ? 1U : 0U;
    if (i + 1 == looks[failed.size()]) failed.push_back(so_far);
  }
  return failed;
}

/// The tests of a night.
class RateTests {
 public:
  RateTests(const RateTest& declared, RateTester& tester) : declared_(declared), tester_(tester) {}

  std::map<std::string, GroupRate> known(const RateCountsByKey& all) {
    std::map<std::string, GroupRate> rates;
    std::vector<double> p_values;
    for (const auto& [key, counts] : all) {
      GroupRate& rate = rates[key] = measured(counts);
      rate.tests = all.size();
      p_values.push_back(rate.p_value);
    }
    const std::vector<double> adjusted = holm_adjusted(p_values);
    std::size_t position = 0;
    for (auto& [key, rate] : rates) {
      rate.p_adjusted = adjusted[position++];
      judge(rate, failed_at(all.at(key), rate.declared_looks));
    }
    return rates;
  }

  static GroupRate without_baseline(const RateCounts& counts) {
    GroupRate rate;
    rate.cases = counts.cases;
    rate.before = counts.before;
    rate.now.runs = counts.failed.size();
    rate.now.failed =
        static_cast<std::uint64_t>(std::count(counts.failed.begin(), counts.failed.end(), true));
    rate.interval = confidence_interval(rate.now.failed, rate.now.runs);
    return rate;
  }

 private:
  GroupRate measured(const RateCounts& counts) {
    GroupRate rate;
    rate.cases = counts.cases;
    rate.before = counts.before;
    // Without repeats the night is the only look, and needs no correction for others.
    rate.declared_looks = declared_.confirm ? looks_between(counts.planned, declared_.runs)
                                            : std::vector<std::uint64_t>{counts.planned};
    const auto failed = failed_at(counts, rate.declared_looks);
    rate.runs = counts.failed.size();
    CHECK(!failed.empty(), "the planned runs are the first look");
    rate.looks = failed.size();
    rate.now = {failed.back(), rate.declared_looks[failed.size() - 1]};
    rate.interval = confidence_interval(rate.now.failed, rate.now.runs);
    rate.p_value =
        failed.back() == 0 ? 1 : tester_.p_value(rate.before, rate.declared_looks, failed);
    return rate;
  }

  void judge(GroupRate& rate, const std::vector<std::uint64_t>& failed) {
    const double level = declared_.alpha / static_cast<double>(rate.tests);
    if (rate.p_adjusted <= declared_.alpha) {
      rate.verdict = RateVerdict::kWorse;
    } else if (is_more_frequent(rate) &&
               tester_.p_value(rate.before, rate.declared_looks, rate.declared_looks) > level) {
      rate.verdict = RateVerdict::kTooFewBefore;
    } else {
      rate.verdict = RateVerdict::kNotShownWorse;
      rate.undecided = rate.looks < rate.declared_looks.size() &&
                       !tester_.is_futile(rate.before, rate.declared_looks, failed, level);
    }
  }

  RateTest declared_;
  RateTester& tester_;
};

}  // namespace

std::string_view name(RateVerdict verdict) {
  switch (verdict) {
    case RateVerdict::kWorse:
      return "worse";
    case RateVerdict::kNotShownWorse:
      return "not shown to be worse";
    case RateVerdict::kTooFewBefore:
      return "too few earlier runs to say";
    case RateVerdict::kNoBaseline:
      return "no baseline";
  }
  return "?";
}

EarlierRates::EarlierRates(const std::vector<Night>& earlier) {
  for (const Night& night : earlier) {
    each_decided_test(night, [&](const LedgerRun& run, bool repeated) {
      if (repeated) return;
      Scenario& scenario = scenario_of(run);
      ++scenario.runs;
      for (const std::string& key : keys_of(run)) ++scenario.failed[key];
    });
  }
}

const EarlierRates::Scenario* EarlierRates::find(const LedgerRun& run) const {
  const auto of_case = scenarios_.find(run.case_name);
  if (of_case == scenarios_.end()) return nullptr;
  // A case has few versions, and the newest is asked for most.
  const auto found =
      std::find_if(of_case->second.rbegin(), of_case->second.rend(),
                   [&](const Scenario& each) { return *each.parameters == run.parameters; });
  return found == of_case->second.rend() ? nullptr : &*found;
}

EarlierRates::Scenario& EarlierRates::scenario_of(const LedgerRun& run) {
  auto& of_case = scenarios_[run.case_name];
  const auto found = std::find_if(of_case.rbegin(), of_case.rend(), [&](const Scenario& each) {
    return *each.parameters == run.parameters;
  });
  if (found != of_case.rend()) return *found;
  of_case.push_back({.parameters = &run.parameters});
  return of_case.back();
}

std::vector<EarlierRates::Test> EarlierRates::tests_of(const Night& night) const {
  std::vector<Test> tests;
  each_decided_test(night, [&](const LedgerRun& run, bool repeated) {
    tests.push_back({&run, find(run), keys_of(run), repeated});
  });
  return tests;
}

void EarlierRates::count(RateCounts& counts, const Test& test, const std::string& key) {
  counts.failed.push_back(std::find(test.keys.begin(), test.keys.end(), key) != test.keys.end());
  if (!test.repeated) ++counts.planned;
  counts.cases.insert(test.run->case_name);
}

RateCountsByKey EarlierRates::known_groups(const Night& night) const {
  const std::vector<Test> tests = tests_of(night);
  std::map<std::string, std::set<const Scenario*>> scenarios;
  std::set<const Scenario*> seen;
  for (const Test& test : tests) {
    if (test.scenario == nullptr || test.repeated || !seen.insert(test.scenario).second) continue;
    for (const auto& [key, failed] : test.scenario->failed) scenarios[key].insert(test.scenario);
  }
  RateCountsByKey all;
  for (const auto& [key, of_group] : scenarios) {
    RateCounts& counts = all[key];
    for (const Scenario* scenario : of_group) {
      counts.before.failed += scenario->failed.at(key);
      counts.before.runs += scenario->runs;
    }
    for (const Test& test : tests) {
      if (of_group.contains(test.scenario)) count(counts, test, key);
    }
  }
  return all;
}

RateCountsByKey EarlierRates::new_groups(const Night& night, const RateCountsByKey& known) const {
  const std::vector<Test> tests = tests_of(night);
  RateCountsByKey all;
  for (const Test& test : tests) {
    for (const std::string& key : test.keys) {
      if (!known.contains(key)) all[key].cases.insert(test.run->case_name);
    }
  }
  for (auto& [key, counts] : all) {
    const std::set<std::string> cases = counts.cases;
    std::set<const Scenario*> scenarios;
    for (const Test& test : tests) {
      if (!cases.contains(test.run->case_name)) continue;
      count(counts, test, key);
      if (test.scenario != nullptr) scenarios.insert(test.scenario);
    }
    for (const Scenario* scenario : scenarios) counts.before.runs += scenario->runs;
  }
  return all;
}

std::map<std::string, GroupRate> rates_of(const EarlierRates& earlier, const Night& night,
                                          RateTester& tester) {
  if (night.executions.empty()) return {};
  const RateTest declared = night.executions.front()->rates.value_or(RateTest{});
  const RateCountsByKey known = earlier.known_groups(night);
  auto rates = RateTests(declared, tester).known(known);
  for (const auto& [key, counts] : earlier.new_groups(night, known)) {
    rates.emplace(key, RateTests::without_baseline(counts));
  }
  return rates;
}

}  // namespace capsize::harness
