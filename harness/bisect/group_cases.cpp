#include "harness/bisect/group_cases.h"

#include <algorithm>
#include <map>

#include "harness/suite/suite_plan.h"

namespace capsize::harness {
namespace {

/// The signature of the run's failure that begins with the prefix; null: it has none.
const std::string* signature_in(const LedgerRun& run, const std::string& prefix) {
  for (const auto& failure : run.failures) {
    if (failure.signature.starts_with(prefix)) return &failure.signature;
  }
  return nullptr;
}

double expected_share(const GroupCase& each) {
  return (static_cast<double>(each.failed) + 1) / (static_cast<double>(each.runs) + 2);
}

}  // namespace

base::Result<GroupCases> find_group_cases(const Suite& suite, const Ledger& ledger,
                                          const std::string& signature) {
  const auto runs = runs_of_group(suite, ledger, signature);
  if (!runs) return runs.error();
  GroupCases group;
  std::map<std::string, GroupCase> by_name;
  for (const PlannedRun& run : runs.value()) by_name[run.of->scenario.name].of = run.of;
  for (const Execution& execution : ledger.executions) {
    if (execution.suite != suite.name) continue;
    const bool sighted =
        std::any_of(execution.runs.begin(), execution.runs.end(), [&](const LedgerRun& run) {
          return run.purpose == Purpose::kTest && signature_in(run, signature) != nullptr;
        });
    if (!sighted) continue;
    for (const LedgerRun& run : execution.runs) {
      const auto found = by_name.find(run.case_name);
      if (run.purpose != Purpose::kTest || found == by_name.end()) continue;
      ++found->second.runs;
      const std::string* whole = signature_in(run, signature);
      if (whole == nullptr) continue;
      group.signature = *whole;
      ++found->second.failed;
    }
  }
  for (const auto& [name, each] : by_name) group.cases.push_back(each);
  std::stable_sort(
      group.cases.begin(), group.cases.end(),
      [](const GroupCase& a, const GroupCase& b) { return expected_share(a) > expected_share(b); });
  return group;
}

}  // namespace capsize::harness
