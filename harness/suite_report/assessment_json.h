// The assessment of a suite as JSON (docs/FORMATS.md, Suite reports), for programs.
#pragma once

#include "base/json.h"
#include "harness/suite_report/assessment.h"

namespace capsize::harness {

/// The key that says which format a suite report has.
inline constexpr const char* kSuiteReportFormat = "capsize-suite-report";
inline constexpr std::uint64_t kSuiteReportVersion = 1;

[[nodiscard]] base::Json to_json(const Assessment& assessment);

}  // namespace capsize::harness
