// The summary of a suite as Markdown, for a job or a pull request.
//
// It is shorter than what GitHub accepts as a comment (65,536 characters), however much failed:
// what does not fit is counted, and is in the JSON. No text of the ledger can begin markup, a
// mention or a link.
#pragma once

#include <cstddef>
#include <string>

#include "harness/suite_report/assessment.h"

namespace capsize::harness {

inline constexpr std::size_t kMarkdownBytesMax = 60'000;

[[nodiscard]] std::string markdown_summary(const Assessment& assessment);

}  // namespace capsize::harness
