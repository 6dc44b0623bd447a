// results.json (CONTRACTS.md section 8): everything about a run that a program may want to know.
#pragma once

#include <string>
#include "base/json.h"

#include "harness/judge/outcome.h"

namespace capsize::harness {

[[nodiscard]] base::Json to_json(const Outcome& outcome);
/// The command that makes the same scenario again: one line for a shell, quoted where it must be.
[[nodiscard]] std::string reproduce_line(const Outcome& outcome);

}  // namespace capsize::harness
