// report.html: one self-contained page for one run. The data as pages/src/report/data.ts declares
// it, then the page around it.
//
//   run directory ──> RunFiles, history, traces, messages ──> JSON + blocks of columns ──> HTML
//
// Everything comes from the files of the run directory, so that a run, `capsize report` and a
// directory from another machine give the same page. What no file has, the page leaves out.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace capsize::harness {

struct RunPage {
  base::Json data;                            ///< interface RunPage of data.ts
  std::map<std::string, std::string> blocks;  ///< name -> gzip in base64
};

/// Reads a run directory. Error: it is none, or its history has more operations than a page holds.
/// O(size of the files).
[[nodiscard]] base::Result<RunPage> page_of(const std::filesystem::path& run_directory);

/// The whole page. It refers to nothing outside itself; its policy admits no script but its own.
[[nodiscard]] std::string html_of(const RunPage& page);

/// Writes the page of a run into its directory as kReportFile, by rename. Never throws.
[[nodiscard]] base::Status write_report(const std::filesystem::path& run_directory);

}  // namespace capsize::harness
