// The summary that a person reads after a run, and the progress line during it.
#pragma once

#include <string>

#include "harness/judge/outcome.h"
#include "harness/report/progress.h"

namespace capsize::harness {

/// Returns the summary: faults, operations, violations, then the verdict and what it rests on; it
/// ends with the run's directory and the command that reproduces it.
[[nodiscard]] std::string summary(const Outcome& outcome, bool colours = false);

/// The same of a run that was read from its files: with the command line that it had recorded.
[[nodiscard]] std::string recorded_summary(const Outcome& outcome, const std::string& reproduce,
                                           bool colours = false);

/// One line: time, outcomes, leader and term, active faults.
[[nodiscard]] std::string progress_line(const Progress& progress);

/// Shows progress on standard error: rewrites one line on a terminal, prints one every five seconds
/// to a pipe.
class ProgressDisplay {
 public:
  ProgressDisplay();
  ~ProgressDisplay();
  void show(const Progress& progress);

 private:
  bool terminal_;
  bool open_line_ = false;
  base::Duration printed_{};
};

}  // namespace capsize::harness
