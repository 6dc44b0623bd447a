// The cluster around a time: one line an event, one column a node.
#pragma once

#include <string>

#include "harness/evidence/recorded_outcome.h"
#include "harness/show/show.h"

namespace capsize::harness {

/// Returns a heading with the legend, the lines, and what is missing. Reads the traces and the
/// record of messages.
[[nodiscard]] std::string cluster_table(const RecordedOutcome& run, const ShownTime& time,
                                        const ShowOptions& options);

}  // namespace capsize::harness
