// Writes the reports of a suite as files.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "harness/suite_report/assessment.h"

namespace capsize::harness {

/// An empty path: that report is not written.
struct ReportPaths {
  std::filesystem::path junit;
  std::filesystem::path markdown;
  std::filesystem::path json;
  std::filesystem::path issues;  // a directory, for issue-SIGNATURE.md

  /// report.xml, report.md, report.json and issues/ in this directory.
  [[nodiscard]] static ReportPaths in(const std::filesystem::path& directory);
};

/// Writes all reports, each under a temporary name and renamed. Creates the directory of issues and
/// removes issue-*.md in it that are not of this assessment. A report that cannot be written does
/// not prevent the others. Error: the first that could not be written.
[[nodiscard]] base::Status write_reports(const Assessment& assessment, const ReportPaths& paths);

}  // namespace capsize::harness
