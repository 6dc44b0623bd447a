// What proves that a fault took hold, in a few words for the summary.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace capsize::harness {

/// "n3 life 2 ended by signal 9 "; empty if there is nothing to say.
[[nodiscard]] std::string evidence_text(const nlohmann::json& evidence);

}  // namespace capsize::harness
