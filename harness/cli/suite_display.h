// Shows the progress of a suite: a table that is redrawn on a terminal, a line for each finished
// run in a pipe.
#pragma once

#include <string>

#include "harness/report/status_lines.h"
#include "harness/suite/suite_runner.h"

namespace capsize::harness {

class SuiteDisplay final : public SuiteObserver {
 public:
  /// `quiet`: shows nothing.
  explicit SuiteDisplay(bool quiet);

  void begun(const Execution& execution, const Ledger& earlier, bool resumed) override;
  void note(const std::string& text) override;
  void finished(const Execution& execution) override;
  void progress(const Execution& execution, const SuiteProgress& progress) override;

 private:
  bool quiet_;
  StatusLines lines_;
};

}  // namespace capsize::harness
