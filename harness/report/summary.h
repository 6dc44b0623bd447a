// What a person reads at the end of a run, and the progress line before it.
#pragma once

#include <string>

#include "harness/judge/outcome.h"
#include "harness/report/progress.h"

namespace capsize::harness {

/// Verdict first, then what it rests on; ends with where the run lies and the line that runs it
/// again.
[[nodiscard]] std::string summary(const Outcome& outcome, bool colours = false);

/// One line: time, outcomes, leader and term, faults active.
[[nodiscard]] std::string progress_line(const Progress& progress);

/// Shows progress on standard error: rewrites one line on a terminal, prints one every five seconds
/// into a pipe.
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
