// A violation as text: the sentence, and the operations of the counterexample as a table with a
// drawing.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "checker/report/report.h"

namespace capsize::harness {

/// Positions of each operation's events among all shown events; an operation that never ends has
/// its end at `columns`.
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

/// Operations as a drawing in text: one row each, from invocation to completion, with time to the
/// right. The drawing shows the order of events, not durations.
///
///     [===]              acknowledged
///         [===========>  indeterminate: may take effect at any later moment, or never
///           [x]          failed
///
/// Returns one line for each operation, without line feed; empty lines if there are too many to
/// draw.
[[nodiscard]] std::vector<std::string> interval_drawing(
    std::span<const checker::OperationView> operations);

/// The operations of a violation that are shown: first those that the sentence names, then the
/// others by invocation; without background operations if there are more than `background_max`.
struct ShownOperations {
  std::vector<checker::OperationView> operations;
  std::vector<std::string> values;  ///< shortened to the part in which they differ
  std::size_t background_left_out = 0;
  std::size_t earlier_left_out = 0;
  std::int64_t start_time = checker::kNoTime;  ///< the first of all times
};
[[nodiscard]] ShownOperations shown_operations(const checker::Violation& violation,
                                               std::size_t operations_max,
                                               std::size_t background_max);

/// The operations that violation_text() shows, in its order: #1 is the first.
[[nodiscard]] ShownOperations shown_in_text(const checker::Violation& violation);

/// Returns a time relative to the first one that is shown: "0", "+1.25 ms", "-" if there is none.
[[nodiscard]] std::string time_since(std::int64_t start, std::int64_t time);

/// Returns "the same on 2 other keys: k2, k3"; empty if there are none.
[[nodiscard]] std::string same_on_text(const checker::Violation& violation);

/// Returns several indented lines, each with a line feed. Empty for a repeated violation.
[[nodiscard]] std::string violation_text(const checker::Violation& violation);

/// Returns the weaker consistency models that hold for each key whose violation is shown, and for
/// all keys together, one per line. Undecided ones are left out.
[[nodiscard]] std::string weaker_models_text(const checker::Report& report);

}  // namespace capsize::harness
