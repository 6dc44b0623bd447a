// Whether failures have become more frequent, asked several times while runs are added: an exact
// group-sequential test of two samples.
//
// The sample of before, K failures in N runs, is complete. The sample of now grows, and is compared
// at numbers of runs that are declared beforehand (looks). Comparing it at each of them with
// Fisher's p-value would raise false alarms more often than declared: each look is another chance.
//
// So the statistic is the smallest weighted p-value of Fisher (1935) over the looks, and its
// p-value is the probability that an experiment with all looks gives one that is as small although
// both samples fail equally often. It is unconditional, as that of Boschloo ("Raised conditional
// level of significance for the 2 x 2-table", Statistica Neerlandica 1970): the number of failures
// before is random, too, and the unknown common probability takes the value that is worst. By
// Berger and Boos ("P values maximized over a confidence set for the nuisance parameter", JASA
// 1994), only values that the sample of before does not contradict are searched, and the
// probability that they miss the true one is added. The looks are followed as in Jennison and
// Turnbull ("Group Sequential Methods with Applications to Clinical Trials", 2000, chapters 12 and
// 19), exactly and not by normal approximation, because few failures are expected.
//
// The p-value may be read after any look, and for any reason: it only falls while runs are added,
// so one that is read early is at least the one after all looks, which keeps its level.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/statistics/two_sample.h"

namespace capsize::harness {

/// The looks of a sample that has `first` runs and may grow to `last`: each about half as many runs
/// again, at least ten more. Only `first` if it is not smaller than `last`, or zero.
[[nodiscard]] std::vector<std::uint64_t> looks_between(std::uint64_t first, std::uint64_t last);

/// The weight of a look with `runs` runs when the last one has `last`: Fisher's p-value is divided
/// by it. Looks with fewer runs must show more, so that the last one loses little of its power, as
/// with the boundaries of O'Brien and Fleming (1979).
[[nodiscard]] double look_weight(std::uint64_t runs, std::uint64_t last);

class SequentialTest {
 public:
  /// `looks`: numbers of runs, rising; at least one. Preconditions (CHECK): they rise from 1, and
  /// no more runs failed before than there are.
  SequentialTest(const Share& before, std::vector<std::uint64_t> looks);

  [[nodiscard]] const std::vector<std::uint64_t>& looks() const { return looks_; }

  /// The p-value after the first looks. `failed`: how many runs had failed at each; as many
  /// entries as looks are over. 1 without looks, failures, or a sample of before. It is the exact
  /// value, rounded up by at most 5 % of it. Takes some milliseconds if
  /// failures are rare, 0.3 s at most.
  [[nodiscard]] double p_value(const std::vector<std::uint64_t>& failed) const;

  /// For each look the number of failures from which on the p-value is at most `level`; one more
  /// than its runs if no number is enough. Takes some ten milliseconds.
  [[nodiscard]] std::vector<std::uint64_t> failures_needed(double level) const;

  /// The probability that a later look has as many failures as `needed` (failures_needed()), given
  /// those of the looks that are over, if further runs fail with the probability `share`.
  [[nodiscard]] double chance_of(const std::vector<std::uint64_t>& needed,
                                 const std::vector<std::uint64_t>& failed, double share) const;

 private:
  [[nodiscard]] double fisher(std::uint64_t look, std::uint64_t failed, std::uint64_t before) const;
  [[nodiscard]] double statistic(const std::vector<std::uint64_t>& failed) const;
  [[nodiscard]] double p_value_of(double statistic) const;
  /// The least number of failures, at least `from`, whose weighted p-value is at most `statistic`.
  [[nodiscard]] std::uint64_t boundary(std::uint64_t look, std::uint64_t before, double statistic,
                                       std::uint64_t from) const;

  Share before_;
  std::vector<std::uint64_t> looks_;
  std::vector<double> log_factorials_;
};

}  // namespace capsize::harness
