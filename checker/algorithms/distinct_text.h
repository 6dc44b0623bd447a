// Decider for strings that are only appended to, with different pieces: a list in disguise.
//
// Conditions (else kNotApplicable): all operations are reads of the whole string and appends; the
// string is empty at first; the pieces appended by operations that did not fail are not empty, and
// none is the beginning of another (so they are different too). "x 3 7 y" is such a piece, with its
// delimiters; "1" and "11" are not.
//
// Theorem. Pieces none of which begins another form a prefix code: a string is the concatenation of
// pieces in at most one way (Sardinas & Patterson, 1953, trivial case). So reads can be taken for
// reads of lists of pieces, and the history is linearizable iff it is as one of lists, which
// distinct_list.h decides. What cannot be taken apart was not made of pieces, and stands in the
// list as an element that nobody appended.
//
// Taking apart: among the sorted pieces only the last one that is not above the rest of the string
// can begin it, since whatever lies between a piece and a string that it begins begins with it too.
#pragma once

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/algorithms/decision.h"
#include "checker/models/model.h"

namespace capsize::checker {

class DistinctTextDecider {
 public:
  explicit DistinctTextDecider(const ValueTable& values) : values_(values) {}

  /// `operations` in order of invocation. O(n log n + length of the different strings read, times
  /// the logarithm of the number of pieces).
  Decision decide(std::span<const KeyOperation> operations, ValueId initial);

 private:
  bool find_pieces(std::span<const KeyOperation> operations);
  [[nodiscard]] std::vector<ValueId> take_apart(std::string_view text, ValueTable& lists) const;

  const ValueTable& values_;
  std::vector<std::pair<std::string_view, ValueId>> pieces_;  // sorted
};

}  // namespace capsize::checker
