// results.json (docs/FORMATS.md, Results): everything about a run that a program may need.
#pragma once

#include <string>
#include "base/json.h"

#include "harness/judge/outcome.h"

namespace capsize::harness {

[[nodiscard]] base::Json to_json(const Outcome& outcome);
/// Returns the command that runs the same scenario again: one line for a shell, quoted as needed.
[[nodiscard]] std::string reproduce_line(const Outcome& outcome);

}  // namespace capsize::harness
