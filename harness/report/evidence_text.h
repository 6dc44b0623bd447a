// What proves that a fault took hold, in a few words for the summary.
#pragma once

#include <string>
#include "base/json.h"

namespace capsize::harness {

/// "n3 life 2 ended by signal 9 "; empty if there is nothing to say.
[[nodiscard]] std::string evidence_text(const base::Json& evidence);

}  // namespace capsize::harness
