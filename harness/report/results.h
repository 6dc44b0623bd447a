// results.json (CONTRACTS.md section 8): everything about a run that a program may want to know.
#pragma once

#include <string>
#include "base/json.h"

#include "harness/runner/outcome.h"

namespace capsize::harness {

[[nodiscard]] base::Json to_json(const Outcome& outcome);
/// The command that runs the same plan again.
[[nodiscard]] std::string again(const Outcome& outcome);

}  // namespace capsize::harness
