// If one operation may touch several objects, the keys of the file are not independent. Groups of
// objects that no operation connects are (linearizability is local, and a group is an object).
#pragma once

#include "checker/history/history.h"
#include "checker/specification/model.h"

namespace capsize::checker {

/// Returns a copy of the history with each group of connected objects as one key, named by its
/// objects ("x, y"). Precondition: the model says what operations touch. O(n log n).
[[nodiscard]] History group_connected_objects(const History& history, const Model& model);

}  // namespace capsize::checker
