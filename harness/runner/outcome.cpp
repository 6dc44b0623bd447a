#include "harness/runner/outcome.h"

namespace capsize::harness {

checker::Verdict Outcome::verdict() const {
  if (!harness_error.empty()) return checker::Verdict::kHarnessError;
  // A run without a single check has shown nothing.
  if (checks.empty()) return checker::Verdict::kVacuous;
  checker::Verdict worst = checks.front().verdict;
  for (const auto& check : checks) worst = checker::worst_within_run(worst, check.verdict);
  return worst;
}

}  // namespace capsize::harness
