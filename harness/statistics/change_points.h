// Where a series of nights changes its level: the nights after which shares or times are different.
//
// Binary segmentation (Scott and Knott, Biometrics 30(3), 1974): the series is divided where the
// two sides differ most, if chance hardly explains that, and then both sides likewise. A step is
// hidden if a later one reverses it, so a stretch that differs from what is before and after it
// is searched for, too (Olshen and others, Biostatistics 5(4), 2004). Half of alpha is for steps,
// half for stretches: reported p-values are twice those of the tests.
//
// It assumes that the values of an unchanged series are exchangeable. A series with a slow drift
// gets marks, too: a mark says that the sides differ, not that one night is the cause.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/statistics/two_sample.h"

namespace capsize::harness {

struct ChangeOptions {
  /// The largest p-value of a change: at most this share of flat series gets a mark by chance.
  double alpha = 0.01;
  /// The least number of values before and after a change: one strange night is no change.
  std::size_t segment_min = 3;
  /// Random orders of the values with which the real one is compared.
  std::size_t permutations = 9'999;
  /// From which these orders are drawn.
  std::uint64_t seed = 1;
};

struct ChangePoint {
  std::size_t first = 0;  // position of the first value after the change
  double p = 1;           // within the part of the series in which it was found
  friend bool operator==(const ChangePoint&, const ChangePoint&) = default;
};

/// Fisher's exact test (1935), two-sided: the probability of all divisions of these failures among
/// the two samples that are as unlikely as the real one, or less likely, if both fail equally
/// often. 1 if one of the samples is empty. Precondition: no more runs failed than there are.
[[nodiscard]] double p_value_differs(const Share& a, const Share& b);

/// The changes of a share, sorted by position. The p-value of a step or a stretch is that of
/// p_value_differs() for the sums inside and outside, times the number of possible ones
/// (Bonferroni), or the share of random orders of the values with as large a chi-squared if that is
/// larger: the runs of a night need not be independent. Values without runs count as values.
/// Time: as level_changes().
[[nodiscard]] std::vector<ChangePoint> share_changes(std::span<const Share> series,
                                                     const ChangeOptions& options = {});

/// The changes of a level, for instance of a time, sorted by position. The statistic is the
/// smallest rank-sum p-value (Mann and Whitney, 1947) over all steps: Pettitt's test (Applied
/// Statistics 28(2), 1979), but with each step weighed by its own p-value, because his statistic
/// cannot see a change a few values before the end; likewise for stretches. The p-value is the
/// share of random orders of the values, the real one included, whose statistic is as small
/// (Westfall and Young, 1993). Only ranks count, so one extreme value is no change. Time:
/// permutations times the square of the length. Precondition: all values are finite.
[[nodiscard]] std::vector<ChangePoint> level_changes(std::span<const double> series,
                                                     const ChangeOptions& options = {});

/// The middle value; of an even number the mean of the two in the middle. 0 without values.
[[nodiscard]] double median_of(std::vector<double> values);

}  // namespace capsize::harness
