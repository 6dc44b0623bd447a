// `capsize-node --status ENDPOINT`: asks a running node, prints one JSON object.
#pragma once

#include <string>

namespace capsize::app {

/// The exit code: kNoAnswer when nobody answers within five seconds.
[[nodiscard]] int print_status(const std::string& endpoint);

}  // namespace capsize::app
