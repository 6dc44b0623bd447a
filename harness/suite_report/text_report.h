// The text that a suite ends with on a terminal or in a log.
#pragma once

#include <string>

#include "harness/suite_report/assessment.h"
#include "harness/suite_report/write_reports.h"

namespace capsize::harness {

/// The first line, then failures, controls, infrastructure errors, mutes, and where the files are.
[[nodiscard]] std::string text_report(const Assessment& assessment, const ReportPaths& paths,
                                      bool colours = false);

}  // namespace capsize::harness
