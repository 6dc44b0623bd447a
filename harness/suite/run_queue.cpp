#include "harness/suite/run_queue.h"

#include <algorithm>
#include <utility>

#include "harness/suite/retention.h"

namespace capsize::harness {
namespace {

/// A bug's control runs again only after the runs before it did not catch the bug.
bool is_caught_or_running(const PlannedRun& control, const Execution& execution,
                          const std::vector<const PlannedRun*>& running) {
  const std::string& name = control.of->scenario.name;
  return std::any_of(running.begin(), running.end(),
                     [&](const PlannedRun* run) { return run->of->scenario.name == name; }) ||
         std::any_of(execution.runs.begin(), execution.runs.end(), [&](const LedgerRun& run) {
           return run.case_name == name && has_passed(run);
         });
}

}  // namespace

RunQueue::RunQueue(const Suite& suite, std::uint64_t seed, Shard shard, bool endless)
    : controls_(control_runs(suite, seed)),
      tests_(std::in_place, suite, seed, shard, endless),
      cases_(suite.cases.size()) {}

RunQueue::RunQueue(std::vector<PlannedRun> runs) : listed_(std::move(runs)) {}

void RunQueue::note_finished(const Execution& execution) {
  for (; noted_ < execution.runs.size(); ++noted_) finished_.insert(execution.runs[noted_].id);
}

bool RunQueue::is_given_up(const PlannedRun& run) const {
  const auto losses = losses_.find(run.id);
  return losses != losses_.end() && losses->second >= kLossesMax;
}

std::optional<PlannedRun> RunQueue::next(const Execution& execution,
                                         const std::vector<const PlannedRun*>& running,
                                         const Fits& fits) {
  note_finished(execution);
  for (const auto& control : controls_) {
    if (finished_.contains(control.id) || is_given_up(control)) continue;
    if (!is_caught_or_running(control, execution, running)) return control;
  }
  if (!lost_.empty()) {
    PlannedRun run = std::move(lost_.front());
    lost_.pop_front();
    return run;
  }
  while (listed_next_ < listed_.size()) {
    const PlannedRun& run = listed_[listed_next_++];
    if (!finished_.contains(run.id)) return run;
  }
  return next_test(fits);
}

bool RunQueue::repeat(const PlannedRun& run) {
  if (++losses_[run.id] >= kLossesMax) return false;
  // A control is chosen again as long as the execution does not have it.
  if (run.of->purpose == Purpose::kTest) lost_.push_back(run);
  return true;
}

std::optional<PlannedRun> RunQueue::next_test(const Fits& fits) {
  // Of runs that do not fit into the budget, one round is skipped: a shorter case may still fit.
  std::size_t skipped = 0;
  while (tests_ && skipped <= cases_) {
    auto run = tests_->next();
    if (!run) break;
    if (finished_.contains(run->id)) continue;
    if (fits(*run)) return run;
    ++skipped;
  }
  tests_.reset();
  return std::nullopt;
}

}  // namespace capsize::harness
