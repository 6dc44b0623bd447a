#include "harness/suite/repeats.h"

#include <algorithm>
#include <set>

namespace capsize::harness {

RepeatChoice::~RepeatChoice() = default;

std::optional<PlannedRun> repeat_of(const Suite& suite, const std::string& case_name,
                                    const Execution& execution,
                                    const std::vector<const PlannedRun*>& running) {
  const auto of = std::find_if(suite.cases.begin(), suite.cases.end(), [&](const auto& each) {
    return each.purpose == Purpose::kTest && each.scenario.name == case_name;
  });
  if (of == suite.cases.end()) return std::nullopt;
  std::set<std::string> taken;
  for (const LedgerRun& run : execution.runs) taken.insert(run.id);
  for (const PlannedRun* run : running) taken.insert(run->id);
  std::uint64_t number = of->fixed_seeds.empty() ? of->seeds : of->fixed_seeds.size();
  PlannedRun next;
  do {
    next = drawn_run(*of, execution.seed, ++number);
  } while (taken.contains(next.id));
  return next;
}

}  // namespace capsize::harness
