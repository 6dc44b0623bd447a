// Names an observation of a value that no operation can have written: only a failed operation tried
// to, or none at all.
//
// A failed operation is a source of what it tried to write only if it began before the observation
// ended. Where none did, the value may be an initial one, and the sentence says how to pass it to
// the checker, unless an acknowledged mutation had replaced the initial value by then.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "checker/explain/explainers.h"
#include "checker/explain/wording.h"
#include "checker/specification/finding.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {

struct UnwrittenValue {
  const KeyOperation& observer;
  std::string saw;  ///< "read of x by process 1 returned 7"
  /// Whether a failed operation tried to write the value.
  std::function<bool(const KeyOperation&)> is_writer;
  std::string_view to_write = "write";
  std::string_view wrote = "wrote";
  /// The argument of --initial if the value was there from the start; kNoValue: not plausible.
  ValueId as_initial = kNoValue;
};

[[nodiscard]] Finding explain_unwritten_value(const KeyProblem& problem,
                                              const UnwrittenValue& value);

/// Returns the first failed operation that may have written what an observer saw; nullptr if there
/// is none.
[[nodiscard]] const KeyOperation* failed_writer_before(
    const KeyProblem& problem, const KeyOperation& observer,
    const std::function<bool(const KeyOperation&)>& is_writer);

/// Returns "; if x holds 7 at first, check with --initial 7", or an empty text if that is not
/// plausible.
[[nodiscard]] std::string initial_hint(const KeyProblem& problem, const KeyOperation& observer,
                                       ValueId value);

}  // namespace capsize::checker
