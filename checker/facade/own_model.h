// From the public capsize::Model, functions over JSON values, to the internal Model, functions over
// numbers. The just-in-time search then knows no difference.
//
// An operation of the internal model has one argument, but a function of the user's model is given
// two values: what was asked and what was answered. So the argument is the list of both (of what
// was asked alone, where the answer is not known), which intern_calls() adds to the values of the
// history before it is checked. A state is a list of numbers that encode a Value.
#pragma once

#include <optional>
#include <string>

#include "checker/facade/checker.h"
#include "checker/history/history.h"
#include "checker/specification/model.h"

namespace capsize::checker {

/// What is wrong with a user's model: found and expected. Nothing if it can be used.
[[nodiscard]] std::optional<std::string> model_error(const capsize::Model& own);

/// The value under its number.
[[nodiscard]] ValueId intern(ValueTable& values, const Value& value);

/// Adds what decode() of the internal model looks up. O(operations).
void intern_calls(History& history);

/// Refers to `own`, which must outlive it. Preconditions: no model_error(), and intern_calls() for
/// each history that it judges.
[[nodiscard]] Model internal_model(const capsize::Model& own);

}  // namespace capsize::checker
