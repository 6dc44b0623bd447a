#include "node/raft/progress.h"

#include <algorithm>

#include "base/check.h"
#include "node/bugs/seeded_bug.h"

namespace capsize::raft {

void Progress::sent_entries(Index last, std::size_t bytes) {
  CHECK(last >= next_, "an AppendEntries with entries ends at or after its first entry");
  if (probing_) {
    paused_ = true;
    return;
  }
  next_ = last.next();
  in_flight_.push_back({last, bytes});
  in_flight_bytes_ += bytes;
}

void Progress::accepted(Index index, Index base) {
  match_ = SEEDED_BUG("match-from-reordered") ? next_.previous() : std::max(match_, index);
  next_ = std::max(next_, match_.next());
  if (needs_snapshot(base)) return;
  transfer.reset();
  probing_ = false;
  while (!in_flight_.empty() && in_flight_.front().last <= match_) {
    in_flight_bytes_ -= in_flight_.front().bytes;
    in_flight_.pop_front();
  }
}

void Progress::forget_match(Index last) {
  match_ = {};
  next_ = last.next();
  probing_ = true;
  paused_ = false;
  in_flight_.clear();
  in_flight_bytes_ = 0;
  sent_commit = {};
  transfer.reset();
  ++losses_;
}

bool Progress::refused(Index rejected, Index hint) {
  // In the snapshot state the logs are known to diverge below this one's base.
  if (transfer) return false;
  // Acknowledged entries stay acknowledged: this refusal was sent before the acknowledgement and
  // arrived late (M-24).
  if (rejected <= match_) return false;
  // While probing, only the reply to the latest probe counts. With next = 5 a duplicate of the
  // refusal of 9 could move it back up to 9, and probing might never end.
  if (probing_ && rejected != next_.previous()) return false;
  probing_ = true;
  paused_ = false;
  in_flight_.clear();
  in_flight_bytes_ = 0;
  sent_commit = std::min(sent_commit, match_);  // it ignored the commit indexes in refused requests
  // At least one step back, and never below what matches, so that probing terminates (M-25, M-36).
  next_ = std::max(match_.next(), std::min(rejected, hint));
  return true;
}

}  // namespace capsize::raft
