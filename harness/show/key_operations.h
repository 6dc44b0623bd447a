// The operations of one key around a time, one line each.
#pragma once

#include <string>

#include "harness/evidence/recorded_outcome.h"
#include "harness/show/show.h"

namespace capsize::harness {

/// Returns a heading and at most some dozen lines, those closest to the focus; operations that the
/// main failure names have a '*'. Precondition: the run has a history. Empty: the key has no
/// operation in the history.
[[nodiscard]] std::string key_operations(const RecordedOutcome& run, const std::string& key,
                                         const ShownTime& time, std::size_t columns);

}  // namespace capsize::harness
