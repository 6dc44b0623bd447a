// The answer of a bisection, as text and as JSON (docs/FORMATS.md, Bisections).
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "harness/bisect/bisect_runner.h"

namespace capsize::harness {

inline constexpr const char* kBisectReportFormat = "capsize-bisect-report";
inline constexpr std::uint64_t kBisectReportVersion = 1;

/// "failed", "passed", "failed in another way".
[[nodiscard]] std::string_view run_outcome_text(RunOutcome outcome);
/// The likeliest culprits: "leading: 3f9a… 61 %, 77c0… 20 %".
[[nodiscard]] std::string leading_text(const Search& search, const RevisionList& revisions);

[[nodiscard]] std::string bisect_text(const BisectEnd& end);
[[nodiscard]] base::Json bisect_json(const BisectEnd& end);

}  // namespace capsize::harness
