// The picture of a run in progress as lines for a terminal: stage, rates, faults, nodes, checker.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "harness/live/run_watch.h"

namespace capsize::harness {

/// The lines, without line feeds and escape sequences; printable, but not cut to a width. Their
/// number depends on the number of nodes only, so that a redrawn picture does not jump. Pure.
/// `ok_latency`: of the operations that lately succeeded, on average; nothing: not known.
[[nodiscard]] std::vector<std::string> live_frame(const RunSnapshot& run,
                                                  std::optional<base::Duration> ok_latency);

}  // namespace capsize::harness
