// Judges the appends and reads of a history. Elements are unique, so the last read of a key gives
// the one order in which its appends took effect, and every claim can be held against it in one
// pass: a list that is only appended to needs no search to be judged linearizable.
//
// (The simulation stands on the node alone and cannot use the checker, which knows nothing of the
// node, so the other operations are recorded, and judged by nobody.)
#pragma once

#include <string>
#include <vector>

#include "node/simulation/history.h"

namespace capsize::simulation {

/// What is wrong, one line each; empty if the appends and reads of every key are linearizable.
/// Precondition for a full verdict: each list is read once more when everything else has ended.
[[nodiscard]] std::vector<std::string> judge_lists(const std::vector<HistoryEvent>& events);

}  // namespace capsize::simulation
