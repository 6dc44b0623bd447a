// How often each group of failures occurs, and whether that is more often than before.
//
// A failure that is known fails in some runs and not in others. One night more or less of it says
// little; so the night is compared with all earlier nights of the same scenarios together.
//
// What is compared: the runs of the cases in which the group was seen in an earlier night, with the
// same parameters as this night, so that a changed scenario is not compared with its former self.
// Only decided runs count (valid or invalid): harness errors, vacuous and unknown runs say nothing
// about the system under test. Runs that were repeated because a night looked bad (--confirm,
// --only) are not part of what later nights are compared with: their number follows from their
// result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "harness/statistics/interval.h"
#include "harness/statistics/two_sample.h"
#include "harness/suite_report/grouping.h"
#include "harness/suite_report/rate_tester.h"

namespace capsize::harness {

/// A group's runs of a night, and those of the same scenarios in earlier nights.
struct RateCounts {
  Share before;
  std::vector<bool> failed;     // for each decided run, in the order of the ledger
  std::size_t planned = 0;      // of them: those that were not repeats
  std::set<std::string> cases;  // names
};
/// By the key of the group (group_key()).
using RateCountsByKey = std::map<std::string, RateCounts>;

/// The runs of earlier nights by scenario, and which groups failed in them.
class EarlierRates {
 public:
  /// The pointers in `earlier` must outlive this object.
  explicit EarlierRates(const std::vector<Night>& earlier);

  /// Groups that an earlier night saw in a scenario of which this night has a planned run, whether
  /// they fail this night or not: the tests of the night.
  [[nodiscard]] RateCountsByKey known_groups(const Night& night) const;
  /// Groups that this night saw only in scenarios in which no earlier night did: those that are not
  /// in `known`.
  [[nodiscard]] RateCountsByKey new_groups(const Night& night, const RateCountsByKey& known) const;

 private:
  struct Scenario {
    const base::Json* parameters = nullptr;
    std::uint64_t runs = 0;                       // decided
    std::map<std::string, std::uint64_t> failed;  // by group
  };
  /// A run that counts; without a scenario if no earlier night ran it.
  struct Test {
    const LedgerRun* run = nullptr;
    const Scenario* scenario = nullptr;
    std::vector<std::string> keys;  // of its groups
    bool repeated = false;
  };
  [[nodiscard]] std::vector<Test> tests_of(const Night& night) const;
  static void count(RateCounts& counts, const Test& test, const std::string& key);
  [[nodiscard]] const Scenario* find(const LedgerRun& run) const;
  Scenario& scenario_of(const LedgerRun& run);

  std::map<std::string, std::vector<Scenario>> scenarios_;  // by the name of the case
};

/// The rate of each group of the reported executions, by its key; and of the groups that they could
/// have seen. Empty for a night that repeats one group only.
[[nodiscard]] std::map<std::string, GroupRate> rates_of(const EarlierRates& earlier,
                                                        const Night& night, RateTester& tester);

/// "worse: 15 of 100 runs failed (15 %, 95 % interval 8.6 to 24 %), before 30 of 1,000 (3.0 %);
/// p = 0.0000085 after 5 looks, corrected for 4 groups".
[[nodiscard]] std::string rate_sentence(const GroupRate& rate);

}  // namespace capsize::harness
