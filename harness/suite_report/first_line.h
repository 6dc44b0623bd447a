// Why a suite is not valid, and the line that says so.
#pragma once

#include <string>
#include <vector>

#include "harness/suite_report/assessment.h"

namespace capsize::harness {

/// All reasons, the worst first; none if the suite is valid. Reads everything of the assessment but
/// its verdict, its reasons and its first line.
[[nodiscard]] std::vector<Reason> reasons_of(const Assessment& assessment);

/// "nightly: invalid: 1 new failure in 412 runs, 3 h 58 min; 1 known; controls: …; seed 4711".
/// Needs the verdict and the reasons.
[[nodiscard]] std::string first_line_of(const Assessment& assessment);

}  // namespace capsize::harness
