// `only` of a fault on links (filter/filter.h), checked before any proxy is asked.
#pragma once

#include "base/json.h"

#include "base/result.h"

namespace capsize::nemesis {

/// Whether the proxy will take it. The error names key, found, expected.
[[nodiscard]] base::Status check_only(const base::Json& only);

}  // namespace capsize::nemesis
