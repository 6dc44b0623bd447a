// Runs that an execution adds after its planned ones, until what they are about is decided.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/suite/ledger.h"
#include "harness/suite/suite_file.h"
#include "harness/suite/suite_plan.h"

namespace capsize::harness {

/// Decides which case runs again. It has no state that the ledger does not give: an execution that
/// is resumed chooses as if it had never been killed.
class RepeatChoice {
 public:
  virtual ~RepeatChoice();
  /// Returns the name of the case that runs again now; nothing if no further run is needed, or if
  /// that depends on runs that have not ended. `earlier`: the executions before this one, always
  /// the same.
  virtual std::optional<std::string> next_case(const Ledger& earlier, const Execution& execution,
                                               const std::vector<const PlannedRun*>& running) = 0;
};

/// The next run of a case beyond those that a suite plans for it, with a seed that is drawn as
/// theirs: the smallest number that is neither in the execution nor running. Nothing if the suite
/// has no test with this name.
[[nodiscard]] std::optional<PlannedRun> repeat_of(const Suite& suite, const std::string& case_name,
                                                  const Execution& execution,
                                                  const std::vector<const PlannedRun*>& running);

}  // namespace capsize::harness
