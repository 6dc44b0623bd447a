// The door to the seeded bugs. In capsize-node there are none: nothing of node/bugs is linked.
#pragma once

#include <string>
#include <string_view>

namespace capsize::app {

[[nodiscard]] bool is_known_bug(std::string_view name);
/// One JSON object a line, for --list-bugs; empty in capsize-node.
[[nodiscard]] std::string list_bugs();

}  // namespace capsize::app
