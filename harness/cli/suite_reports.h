// Keeps the reports of a suite up to date while it runs: after each failure, and otherwise every
// few seconds. So the reports exist even if the job is killed at its time limit.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "harness/suite/suite_file.h"
#include "harness/suite/suite_runner.h"
#include "harness/suite_report/assessment.h"
#include "harness/suite_report/rate_tester.h"
#include "harness/suite_report/write_reports.h"

namespace capsize::harness {

/// Which reports go where: all of them to STORE/reports/NAME/; and, if options of the command line
/// name a file, again to that file and beside it.
struct ReportOptions {
  std::string junit;
  std::string markdown;
  std::string json;
  [[nodiscard]] std::vector<ReportPaths> resolve(const std::filesystem::path& store,
                                                 const std::string& name) const;
};

/// Writes to all places. Error: the first file that could not be written.
[[nodiscard]] base::Status write_reports(const Assessment& assessment,
                                         const std::vector<ReportPaths>& places);

/// Judges executions of a suite as of today. `all_shards`: none of them may be missing.
[[nodiscard]] Assessment assess_suite(const Suite& suite, const Ledger& ledger,
                                      const std::vector<std::string>& executions,
                                      const std::filesystem::path& store, bool all_shards = false,
                                      RateTester* tester = nullptr);

class SuiteReports final : public SuiteObserver {
 public:
  /// Passes everything on to `display`. All arguments must outlive this object.
  SuiteReports(const Suite& suite, const std::filesystem::path& store,
               const std::vector<ReportPaths>& places, SuiteObserver& display);

  void begun(const Execution& execution, const Ledger& earlier, bool resumed) override;
  void note(const std::string& text) override;
  void finished(const Execution& execution) override;
  void progress(const Execution& execution, const SuiteProgress& progress) override;

 private:
  void write(const Execution& execution);

  const Suite& suite_;
  const std::filesystem::path& store_;
  const std::vector<ReportPaths>& places_;
  SuiteObserver& display_;
  RateTester tester_;
  Ledger ledger_;  // the last execution is the present one
  std::optional<std::chrono::steady_clock::time_point> written_;
};

}  // namespace capsize::harness
