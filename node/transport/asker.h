// One question to a Router, one answer: for `--status` and for tests.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace capsize::transport {

/// Nothing when no answer came within `within`. Blocks.
[[nodiscard]] std::optional<std::string> ask(const std::string& endpoint, std::string_view question,
                                             base::Duration within);

}  // namespace capsize::transport
