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
  std::filesystem::path issues;  // a directory: a file for each signature

  /// The files `report` with the endings xml, md and json, and `issues/`, in this directory.
  [[nodiscard]] static ReportPaths in(const std::filesystem::path& directory);
};

/// Writes all reports, each under a temporary name and renamed. Creates the directory of issues and
/// removes the issues in it that are not of this assessment. A report that cannot be written does
/// not prevent the others. Error: the first that could not be written.
[[nodiscard]] base::Status write_reports(const Assessment& assessment, const ReportPaths& paths);

}  // namespace capsize::harness
