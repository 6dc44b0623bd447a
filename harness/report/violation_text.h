// A violation for a person: the sentence, and the few operations that show it.
#pragma once

#include <string>

#include "checker/report.h"

namespace capsize::harness {

/// Several lines, indented, each ended by a line feed.
[[nodiscard]] std::string violation_text(const checker::Violation& violation);

/// What still holds of each key that is explained, and of all keys together; a line an answer.
[[nodiscard]] std::string weaker_text(const checker::Report& report);

}  // namespace capsize::harness
