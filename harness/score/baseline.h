// Whether strategies still catch what they caught before.
#pragma once

#include <string>
#include <vector>

#include "harness/score/matrix.h"

namespace capsize::harness {

/// A cell that caught its bug in the baseline, in at least kFirstRuns runs.
struct BaselineCell {
  CellKey key;
  std::uint64_t caught = 0;
  std::uint64_t runs = 0;
  std::uint64_t needed = 0;  // runs without a catch that contradict it
};

/// The cells of a baseline that the matrix of today may be compared with: of these bugs and
/// strategies.
[[nodiscard]] std::vector<BaselineCell> baseline_cells(const Matrix& baseline,
                                                       const std::vector<std::string>& bugs,
                                                       const std::vector<std::string>& strategies);

struct Comparison {
  std::uint64_t compared = 0;
  std::vector<std::string> regressions;  // one line each
  std::vector<std::string> undecided;    // one line each: too few runs to say
};

[[nodiscard]] Comparison compare(const std::vector<BaselineCell>& baseline, const Matrix& now);

}  // namespace capsize::harness
