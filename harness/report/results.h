// results.json (CONTRACTS.md section 8): everything about a run that a program may want to know.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "harness/runner/outcome.h"

namespace capsize::harness {

[[nodiscard]] nlohmann::json to_json(const Outcome& outcome);
/// The command that runs the same plan again.
[[nodiscard]] std::string again(const Outcome& outcome);

}  // namespace capsize::harness
