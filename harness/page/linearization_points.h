// Where the operations of a counterexample would take effect if one of them were not there.
//
// A counterexample has no legal order. Without the operation that saw something impossible, the
// rest has one: drawing that order shows where each of the others may have taken effect, and that
// nothing is left for the last one.
#pragma once

#include <optional>
#include <vector>

#include "base/json.h"

namespace capsize::harness {

/// `operations`: of a violation in results.json, by invocation, at most 64. Returns a point for
/// each, in nanoseconds of the history's times, inside its interval and in a legal order; nothing
/// for the one that has no place, and for indeterminate ones that the order leaves out. Empty if
/// leaving out one named operation does not make the rest legal, or the history has no times.
[[nodiscard]] std::vector<std::optional<std::int64_t>> linearization_points(
    const base::Json& operations, const std::string& model);

}  // namespace capsize::harness
