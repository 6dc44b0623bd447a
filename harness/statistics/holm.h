// Several tests at once.
#pragma once

#include <vector>

namespace capsize::harness {

/// The adjusted p-values of Holm ("A simple sequentially rejective multiple test procedure",
/// Scandinavian Journal of Statistics 1979), in the order of `p_values`. Rejecting where the
/// adjusted value is at most alpha raises a false alarm in any of the tests with a probability of
/// at most alpha, however the tests depend on each other.
[[nodiscard]] std::vector<double> holm_adjusted(const std::vector<double>& p_values);

}  // namespace capsize::harness
