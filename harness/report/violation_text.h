// A violation for a person: the sentence, and the few operations that show it, which are also drawn
// in text.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "checker/report.h"

namespace capsize::harness {

/// Places of the events of each operation among all that are shown; what never ends, ends at
/// `columns`.
struct Intervals {
  struct Interval {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool ends = true;
  };
  std::vector<Interval> intervals;  ///< one for each operation
  std::size_t columns = 0;
};

[[nodiscard]] Intervals intervals_of(std::span<const checker::OperationView> operations);

/// Operations as a drawing in text: one row each, from invocation to completion, to the right is
/// later. Only the order of events is drawn, not how much time lies between them.
///
///     [===]              acknowledged
///         [===========>  indeterminate: may take effect at any later moment, or never
///           [x]          failed
///
/// One line for each operation, without line feed; empty ones where there are too many to draw.
[[nodiscard]] std::vector<std::string> interval_drawing(
    std::span<const checker::OperationView> operations);

/// Several lines, indented, each ended by a line feed.
[[nodiscard]] std::string violation_text(const checker::Violation& violation);

/// What still holds of each key that is explained, and of all keys together; a line an answer.
[[nodiscard]] std::string weaker_text(const checker::Report& report);

}  // namespace capsize::harness
