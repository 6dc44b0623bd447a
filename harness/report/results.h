// results.json (docs/FORMATS.md, Results): everything about a run that a program may need.
#pragma once

#include <string>
#include "base/json.h"

#include "harness/judge/outcome.h"

namespace capsize::harness {

/// The key that says which format results.json has (docs/FORMATS.md).
inline constexpr const char* kResultsFormat = "capsize-results";
inline constexpr std::uint64_t kResultsVersion = 1;

[[nodiscard]] base::Json to_json(const Outcome& outcome);
/// Returns the command that runs the same scenario again: one line for a shell, quoted as needed.
[[nodiscard]] std::string reproduce_line(const Outcome& outcome);

}  // namespace capsize::harness
