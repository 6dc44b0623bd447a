// Linearization: a legal order of a history. It is a proof of `valid` that can be replayed.
//
// A file is JSON lines: a header {"capsize-linearization":1,"model":...,"operations":n}, then one
// line for each operation that takes effect, in order, identified by the index of its invocation:
//
//     {"index":4,"process":2,"f":"write","key":"x","value":7}
//
// Files of earlier releases, whose header says "capsize-witness", are read too. Keys are
// independent, so only the order among lines of one key matters. The rest of the line is for
// people, but has to match the history.
//
// Replaying uses the model alone: each step must be possible, no operation may come after one that
// was invoked after it had completed, every acknowledged operation occurs once, an indeterminate
// one at most once, a failed one never. No decider and no search is involved, so the file is not
// trusted.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/check/check.h"
#include "checker/history/line_reader.h"

namespace capsize::checker {

/// Writes the linearization as a file. `sink` takes one line at a time, line feed included.
void write_linearization(const History& file, const Linearization& linearization,
                         const std::function<void(std::string_view line)>& sink);

/// Returns valid, or invalid with the illegal line and the reason. A malformed line is a usage
/// error; at the time limit the verdict is unknown. O(n log n) steps of the model.
[[nodiscard]] Report verify_linearization(const History& history, LineReader& linearization,
                                          std::string_view linearization_name,
                                          const CheckOptions& options);

}  // namespace capsize::checker
