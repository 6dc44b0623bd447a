// Level-of-detail pyramids over the operations of each lane: what a page draws before it has opened
// the operations themselves, and when a pixel stands for many of them.
//
// The finest level divides the run into equal bins, a power of two; each further level has half as
// many, down to one. A bin counts the operations that were invoked in it, with the shortest and the
// longest of them, and has the worst outcome of all that overlap it.
#pragma once

#include <cstdint>
#include <unordered_set>
#include <vector>

#include "harness/page/run_operations.h"

namespace capsize::harness {

/// What a bin shows, the worst last.
enum class BinOutcome : std::uint8_t { kNothing, kOk, kFail, kInfo, kViolation };

struct LanePyramid {
  std::uint32_t bins = 0;   ///< of the finest level
  std::uint32_t width = 0;  ///< ticks of one of them
  /// 2 * bins - 1 for each lane, one lane after the other, the finest level first.
  std::vector<std::uint32_t> count, shortest, longest;
  std::vector<std::uint8_t> worst;
};

/// `violating`: indexes of invocations that a violation names. O(n + bins of all lanes); an
/// operation marks every bin that it overlaps.
[[nodiscard]] LanePyramid pyramid_of(const RunOperations& operations,
                                     const std::unordered_set<std::uint32_t>& violating);

}  // namespace capsize::harness
