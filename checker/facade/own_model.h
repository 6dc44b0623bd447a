// Converts a public capsize::Model (functions over JSON values) to an internal Model (functions
// over numbers), which the just-in-time search treats like a built-in one.
//
// An operation of the internal model has one argument, but a function of the user's model takes two
// values: argument and answer. So the internal argument is the list of both (of the argument alone
// if the answer is unknown), which intern_calls() adds to the values of the history before the
// check. A state is a list of numbers that encode a Value.
#pragma once

#include <optional>
#include <string>

#include "checker/facade/checker.h"
#include "checker/history/history.h"
#include "checker/specification/model.h"

namespace capsize::checker {

/// Returns what is wrong with a user's model (found and expected); nothing if it is usable.
[[nodiscard]] std::optional<std::string> model_error(const capsize::Model& own);

/// Interns the value and returns its number.
[[nodiscard]] ValueId intern(ValueTable& values, const Value& value);

/// Adds the values that decode() of the internal model looks up. O(operations).
void intern_calls(History& history);

/// Returns the internal model. It refers to `own`, which must outlive it. Preconditions:
/// model_error() returns nothing, and intern_calls() has been called for each history that it
/// checks.
[[nodiscard]] Model internal_model(const capsize::Model& own);

}  // namespace capsize::checker
