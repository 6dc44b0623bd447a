// One key of a history alone.
#pragma once

#include <optional>
#include <string_view>

#include "checker/history/history.h"
#include "checker/history/malformed.h"

namespace capsize::checker {

/// Leaves only the operations of the key that is shown as `text` (where the number 1 and the text
/// "1" are both keys, of both). What is wrong if there is none. O(operations).
[[nodiscard]] std::optional<Malformed> keep_only_key(History& history, std::string_view text);

}  // namespace capsize::checker
