// `capsize check --follow`: a verdict on a history that is still being written.
#pragma once

#include <string>

#include "checker/streaming/streaming_check.h"

namespace capsize::harness {

/// Follows a file or, for "-", standard input, until it ends, a violation comes, or the user stops
/// it (SIGINT, SIGTERM; `interrupted` says so). The verdict is about the events read until then.
[[nodiscard]] checker::Report follow_history(const std::string& file,
                                             const checker::FollowOptions& options,
                                             bool& interrupted);

}  // namespace capsize::harness
