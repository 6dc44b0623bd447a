// Synthetic nights, judged by the code that judges real ones: how often a night without a change
// has a false "worse", and how often a change from 3 % to 15 % is found.
//
// Each night has a ledger of its own: forty earlier nights with 25 runs of each of four cases, each
// with a known failure of its own, and then another such night, which is confirmed.
// CAPSIZE_NIGHTS sets the number of nights (default 60), CAPSIZE_SEED the seed.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/prng.h"
#include "harness/statistics/interval.h"
#include "harness/suite_report/assessment.h"
#include "harness/suite_report/rate_repeats.h"
#include "suite_ledger.h"

namespace capsize::harness {
namespace {

using namespace testing_ledger;

constexpr std::array kRates = {0.03, 0.03, 0.01, 0.06};
constexpr std::size_t kEarlierNights = 40;
constexpr std::size_t kRunsOfANight = 25;
constexpr std::size_t kPlanned = 25;
constexpr const char* kToday = "2026-12-01";

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string name_of(std::size_t which) {
  return std::string(1, "abcd"[which]);
}

std::string signature_of(std::size_t which) {
  return std::string(16, "abcd"[which]);
}

LedgerRun drawn(base::Prng& prng, std::size_t which, std::size_t number, double rate) {
  const std::string id = fmt::format("{}/{}", name_of(which), number);
  LedgerRun drawn = prng.chance(rate) ? failing(id, signature_of(which)) : run(id);
  drawn.parameters = {{"nodes", 3}};
  return drawn;
}

Execution drawn_night(base::Prng& prng, const std::string& id, std::size_t runs,
                      const std::array<double, 4>& rates) {
  std::vector<LedgerRun> all;
  for (std::size_t number = 1; number <= runs; ++number) {
    for (std::size_t which = 0; which < rates.size(); ++which) {
      all.push_back(drawn(prng, which, number, rates[which]));
    }
  }
  return execution(id, std::move(all));
}

struct Nights {
  std::uint64_t count = 0;
  std::uint64_t with_worse = 0;   // with any group that is worse
  std::uint64_t first_worse = 0;  // the first group is
  std::uint64_t runs = 0;         // of the first group, over all nights
  std::uint64_t runs_max = 0;     // of any group in any night
  std::uint64_t repeats = 0;      // of all groups, over all nights
  std::uint64_t undecided = 0;    // groups that are left undecided
};

class Judge {
 public:
  explicit Judge(std::uint64_t seed) : seed_(seed) {
    cases_.resize(kRates.size());
    for (std::size_t i = 0; i < cases_.size(); ++i) cases_[i].scenario.name = name_of(i);
  }

  /// Nights in which the first group fails at `rate`, and the others as before.
  Nights judge(const std::string& name, std::uint64_t count, double rate) {
    std::array<double, 4> rates = kRates;
    rates[0] = rate;
    Nights nights;
    for (std::uint64_t night = 0; night < count; ++night) {
      base::Prng prng = base::Prng::stream(seed_, name, night);
      Ledger ledger;
      for (std::size_t i = 0; i < kEarlierNights; ++i) {
        ledger.executions.push_back(
            drawn_night(prng, fmt::format("before-{}", i), kRunsOfANight, kRates));
      }
      Execution now = drawn_night(prng, "now", kPlanned, rates);
      now.rates = RateTest{.confirm = true};
      now.repeats_from = now.runs.size();
      confirm(prng, ledger, now, rates);
      ledger.executions.push_back(std::move(now));
      count_night(nights, assess(ledger, {"now"}, {}, kToday, {}, &tester_));
    }
    return nights;
  }

 private:
  /// Runs what is repeated, two at a time.
  void confirm(base::Prng& prng, const Ledger& earlier, Execution& now,
               const std::array<double, 4>& rates) {
    RateRepeats repeats(tester_);
    std::vector<PlannedRun> runs;
    while (true) {
      std::vector<const PlannedRun*> running;
      for (const PlannedRun& each : runs) running.push_back(&each);
      const auto name = runs.size() < 2 ? repeats.next_case(earlier, now, running) : std::nullopt;
      if (name) {
        const auto which = static_cast<std::size_t>((*name)[0] - 'a');
        runs.push_back({.of = &cases_[which], .id = {}, .seed = 0});
      } else if (!runs.empty()) {
        const auto which = static_cast<std::size_t>(runs.front().of - cases_.data());
        now.runs.push_back(drawn(prng, which, now.runs.size(), rates[which]));
        runs.erase(runs.begin());
      } else {
        return;
      }
    }
  }

  static void count_night(Nights& nights, const Assessment& assessment) {
    bool worse = false;
    ++nights.count;
    std::uint64_t runs_of_first = kPlanned;  // without a failure it is neither shown nor repeated
    for (const Group& group : assessment.groups) {
      if (!group.rate || group.rate->tests == 0) continue;
      const bool is_worse = group.rate->verdict == RateVerdict::kWorse;
      worse = worse || is_worse;
      nights.undecided += group.rate->undecided ? 1U : 0U;
      nights.repeats += group.rate->runs - kPlanned;
      nights.runs_max = std::max<std::uint64_t>(nights.runs_max, group.rate->runs);
      if (group.signature != signature_of(0)) continue;
      runs_of_first = group.rate->runs;
      nights.first_worse += is_worse ? 1U : 0U;
    }
    nights.runs += runs_of_first;
    nights.with_worse += worse ? 1U : 0U;
  }

  std::uint64_t seed_;
  std::vector<SuiteCase> cases_;
  RateTester tester_;
};

double share(std::uint64_t part, std::uint64_t of) {
  return static_cast<double>(part) / static_cast<double>(of);
}

std::string percent(std::uint64_t part, std::uint64_t of) {
  const auto interval = confidence_interval(part, of);
  return fmt::format("{} of {} ({:.2f} %, 95 % interval {:.2f} to {:.2f} %)", part, of,
                     100 * share(part, of), 100 * interval.low, 100 * interval.high);
}

void print(const char* what, const Nights& nights, std::uint64_t found) {
  fmt::print("{}: {}; runs of its group mean {:.0f}, maximum of any {}; repeats a night {:.0f}\n",
             what, percent(found, nights.count), share(nights.runs, nights.count), nights.runs_max,
             share(nights.repeats, nights.count));
}

TEST(RateNights, FalseAlarmsAreRareAndChangesAreFound) {
  const std::uint64_t count = number_from("CAPSIZE_NIGHTS", 60);
  const std::uint64_t seed = number_from("CAPSIZE_SEED", 4711);
  fmt::print("seed {}\n", seed);
  Judge judge(seed);
  const Nights same = judge.judge("same", count, kRates[0]);
  print("nights without a change that have a false 'worse'", same, same.with_worse);
  // More false alarms than alpha permits: not by chance.
  EXPECT_LE(confidence_interval(same.with_worse, same.count, 0.002).low, 0.01);
  const Nights changed = judge.judge("changed", std::max<std::uint64_t>(count / 5, 20), 0.15);
  print("nights with a change from 3 to 15 % that find it", changed, changed.first_worse);
  EXPECT_GE(confidence_interval(changed.first_worse, changed.count, 0.002).high, 0.9);
  for (const Nights& each : {same, changed}) {
    EXPECT_LE(each.runs_max, 100U);
    EXPECT_EQ(each.undecided, 0U);
  }
}

}  // namespace
}  // namespace capsize::harness
