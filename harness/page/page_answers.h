// What a person asks first about a failed run, each answered in a few words: what broke, which
// operations, under which fault, who led and who answered.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "harness/page/explained_failure.h"
#include "harness/page/node_lane.h"
#include "harness/page/run_faults.h"

namespace capsize::harness {

/// The time that is shown first, in milliseconds since the start of the load.
struct PageFocus {
  double begin = 0;
  double end = 0;
  double moment = 0;            ///< of the failure
  bool around_failure = false;  ///< false: the whole run
};
[[nodiscard]] PageFocus focus_of(const base::Json& results,
                                 const std::optional<ExplainedFailure>& failure,
                                 const std::vector<RunFault>& faults, double end_ms);

/// The main failure; of a run without one, why there is none.
[[nodiscard]] std::string sentence_of(const RunFiles& files);

/// "20 faults took effect, 11 leader changes, 10312 operations under fault".
[[nodiscard]] std::string tested_text(const base::Json& results);

/// Interface Answers of pages/src/report/data.ts.
[[nodiscard]] base::Json answers_of(const base::Json& results,
                                    const std::optional<ExplainedFailure>& failure,
                                    const std::vector<RunFault>& faults,
                                    const std::vector<NodeLane>& lanes);

}  // namespace capsize::harness
