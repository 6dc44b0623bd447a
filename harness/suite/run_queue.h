// Chooses the next run of an execution: a control that is still needed, a run of the group that
// `--only` names, or the next test that fits into the budget.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/suite/ledger.h"
#include "harness/suite/suite_plan.h"

namespace capsize::harness {

/// A run that takes its worker with it, for want of memory for instance, must not take all of them.
inline constexpr std::uint64_t kLossesMax = 5;

class RunQueue {
 public:
  /// Whether a run fits into what is left of the budget.
  using Fits = std::function<bool(const PlannedRun&)>;

  /// All runs of a suite. `suite` must outlive this object.
  RunQueue(const Suite& suite, std::uint64_t seed, Shard shard, bool endless);
  /// These runs only.
  explicit RunQueue(std::vector<PlannedRun> runs);

  /// Returns a run that is neither in the execution nor running; nothing if there is none now.
  /// There may be one later: a control that is running may have to be repeated.
  [[nodiscard]] std::optional<PlannedRun> next(const Execution& execution,
                                               const std::vector<const PlannedRun*>& running,
                                               const Fits& fits);

  /// A run that next() has returned was lost. Returns whether it will be executed again: not after
  /// kLossesMax losses since this object exists.
  [[nodiscard]] bool repeat(const PlannedRun& run);

 private:
  [[nodiscard]] std::optional<PlannedRun> next_test(const Fits& fits);
  [[nodiscard]] bool is_given_up(const PlannedRun& run) const;
  void note_finished(const Execution& execution);

  std::vector<PlannedRun> controls_;
  std::deque<PlannedRun> lost_;                  // to be executed again; not the controls
  std::map<std::string, std::uint64_t> losses_;  // by id
  std::vector<PlannedRun> listed_;
  std::size_t listed_next_ = 0;
  std::optional<TestRuns> tests_;
  std::size_t cases_ = 0;
  std::set<std::string> finished_;  // ids
  std::size_t noted_ = 0;           // runs of the execution that are in `finished_`
};

}  // namespace capsize::harness
