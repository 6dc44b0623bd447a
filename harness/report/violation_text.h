// A violation for a person: the sentence, and the few operations that show it.
#pragma once

#include <string>

#include "checker/report.h"

namespace capsize::harness {

/// Several lines, indented, each ended by a line feed.
[[nodiscard]] std::string violation_text(const checker::Violation& violation);

/// What still holds of the key, one line.
[[nodiscard]] std::string weaker_text(const checker::WeakerAnswers& answers);

}  // namespace capsize::harness
