// `only` of a fault on links (filter/filter.h), checked before any proxy is asked.
#pragma once

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace capsize::nemesis {

/// Whether the proxy will take it. The error names key, found, expected.
[[nodiscard]] base::Status check_only(const nlohmann::json& only);

}  // namespace capsize::nemesis
