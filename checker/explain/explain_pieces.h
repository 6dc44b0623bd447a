// Names a read of a string or list that was never right, by the pieces that it shows: one too many,
// one in the wrong place, one that is missing. Unlike explain_list.cpp this allows for puts,
// deletes and pieces that repeat; what it says then holds of every one of them.
#pragma once

#include <optional>
#include <span>

#include "checker/explain/finding.h"
#include "checker/explain/small_search.h"

namespace capsize::checker {

/// `read`, one of the operations, would be right at no moment. Nothing where its pieces do not
/// tell.
[[nodiscard]] std::optional<Finding> explain_pieces(const KeyProblem& problem,
                                                    std::span<const KeyOperation> witness,
                                                    const KeyOperation& read, SmallSearch& search);

}  // namespace capsize::checker
