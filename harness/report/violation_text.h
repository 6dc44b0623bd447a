// A violation for a person: the sentence, and the few operations that show it, which are also drawn
// in text.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "checker/report/report.h"

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
/// later. Only the order of events is drawn, not how much time passes between them.
///
///     [===]              acknowledged
///         [===========>  indeterminate: may take effect at any later moment, or never
///           [x]          failed
///
/// One line for each operation, without line feed; empty ones where there are too many to draw.
[[nodiscard]] std::vector<std::string> interval_drawing(
    std::span<const checker::OperationView> operations);

/// What there is to show of a violation: without background where there are more than
/// `background_max`, those that the sentence names first, the rest by invocation.
struct ShownOperations {
  std::vector<checker::OperationView> operations;
  std::vector<std::string> values;  ///< shortened, the part kept in which they differ
  std::size_t background_left_out = 0;
  std::size_t earlier_left_out = 0;
  std::int64_t start_time = checker::kNoTime;  ///< the first of all times
};
[[nodiscard]] ShownOperations shown_operations(const checker::Violation& violation,
                                               std::size_t operations_max,
                                               std::size_t background_max);

/// What violation_text() shows, in its order: #1 is the first.
[[nodiscard]] ShownOperations shown_in_text(const checker::Violation& violation);

/// A time since the first one that is shown: "0", "+1.25 ms", "-" where there is none.
[[nodiscard]] std::string time_since(std::int64_t start, std::int64_t time);

/// "the same on 2 other keys: k2, k3"; empty where there are none.
[[nodiscard]] std::string same_on_text(const checker::Violation& violation);

/// Several lines, indented, each ended by a line feed. Empty for a repeated one.
[[nodiscard]] std::string violation_text(const checker::Violation& violation);

/// What still holds of each key whose violation is shown, and of all keys together; a line an
/// answer. What could not be decided is left out.
[[nodiscard]] std::string weaker_models_text(const checker::Report& report);

}  // namespace capsize::harness
