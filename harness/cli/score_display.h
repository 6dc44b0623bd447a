// Shows the progress of a score: a line for each finished run, and on a terminal the runs that are
// running.
#pragma once

#include <string>
#include <vector>

#include "harness/report/status_lines.h"
#include "harness/score/cells.h"
#include "harness/suite/suite_runner.h"

namespace capsize::harness {

class ScoreDisplay final : public SuiteObserver {
 public:
  /// `quiet`: shows nothing. `cells` must outlive this object.
  ScoreDisplay(const std::vector<ScoreCell>& cells, bool quiet);

  void begun(const Execution& execution, const Ledger& earlier, bool resumed) override;
  void note(const std::string& text) override;
  void finished(const Execution& execution) override;
  void progress(const Execution& execution, const SuiteProgress& progress) override;

 private:
  const std::vector<ScoreCell>& cells_;
  bool quiet_;
  StatusLines lines_;
};

/// "caught", "missed", "false alarm", "invalid otherwise", or the verdict of a run that does not
/// count.
[[nodiscard]] std::string word_of(const LedgerRun& run, const ScoreCell& cell);

}  // namespace capsize::harness
