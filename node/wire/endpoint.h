// Where a socket may listen or connect. Nothing goes beyond this machine unless a flag says so.
#pragma once

#include <string_view>

#include "base/result.h"

namespace capsize::wire {

/// Accepts `ipc://…` (a path, or `@name` for Linux' abstract names) and `tcp://HOST:PORT`; HOST
/// must be 127.x.y.z, [::1] or localhost unless `allow_remote`. The error names the endpoint and
/// the rule.
[[nodiscard]] base::Status check_endpoint(std::string_view endpoint, bool allow_remote);

}  // namespace capsize::wire
