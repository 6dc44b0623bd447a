// Repeats the cases of groups of which it is undecided whether they fail more often than before
// (capsize suite --confirm): until each is worse, is unlikely to become so, or has had its last
// look.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/suite/repeats.h"
#include "harness/suite_report/rate_tester.h"
#include "harness/suite_report/rates.h"

namespace capsize::harness {

class RateRepeats final : public RepeatChoice {
 public:
  /// `tester` must outlive this object.
  explicit RateRepeats(RateTester& tester) : tester_(tester) {}

  /// Of an undecided group, as many runs as its next look needs; of its cases, the one that is
  /// furthest behind its part of the planned runs, so that all looks compare the same mixture. Runs
  /// that end undecided themselves are made up for, up to twice as many runs as declared.
  std::optional<std::string> next_case(const Ledger& earlier, const Execution& execution,
                                       const std::vector<const PlannedRun*>& running) override;

 private:
  /// What an undecided group needs before its next look.
  struct Need {
    std::set<std::string> cases;
    std::uint64_t runs = 0;  // further ones
  };
  using Counts = std::map<std::string, std::uint64_t>;  // by case

  void judge(const Ledger& earlier, const Execution& execution);
  [[nodiscard]] std::string case_behind(const Need& need, const Counts& running) const;

  RateTester& tester_;
  std::optional<EarlierRates> earlier_;
  std::optional<std::size_t> judged_;  // how many runs the execution had
  std::vector<Need> needs_;
  Counts planned_;  // runs that have ended, without repeats
  Counts ended_;    // with them
};

}  // namespace capsize::harness
