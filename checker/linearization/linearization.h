// Witness: a legal order of a history, so that `valid` need not be believed but can be replayed.
//
// As a file it is JSON lines: a header {"capsize-witness":1,"model":...,"operations":n}, then one
// line for each operation that takes effect, in order, named by the index of its invocation:
//
//     {"index":4,"process":2,"f":"write","key":"x","value":7}
//
// Keys are independent, so only the order among lines of one key means anything. The rest of the
// line is for people, but has to fit the history too.
//
// Replaying asks nothing but the model: each step must be possible, no operation may stand behind
// one that was invoked after it had completed, every acknowledged one is there once, an
// indeterminate one at most once, a failed one never. No decider and no search is involved, and no
// trust in who wrote the file.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/check/check.h"
#include "checker/history/line_reader.h"

namespace capsize::checker {

/// Writes it as a file. `sink` takes one line at a time, line feed included.
void write_witness(const History& file, const Witness& witness,
                   const std::function<void(std::string_view line)>& sink);

/// The verdict is valid, or invalid with the line that cannot be and why. A line that is not one is
/// a usage error; at the time limit it is unknown. O(n log n) steps of the model.
[[nodiscard]] Report verify_witness(const History& history, LineReader& witness,
                                    std::string_view witness_name, const CheckOptions& options);

}  // namespace capsize::checker
