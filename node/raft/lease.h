// A leader's lease (thesis 6.4.1). For a while after a majority has acknowledged a leader, no other
// leader can be elected: the voters that acknowledged it grant no vote within their minimal
// election timeout (stickiness, thesis 4.2.3). So the leader may answer reads from its own state
// without a heartbeat round.
//
// The price is an assumption that Raft itself does not make: the voters' clocks run at nearly the
// same rate as the leader's, here within a fifth (the lease is four fifths of the timeout). A clock
// that jumps, or a node with a shorter timeout, causes stale reads.
#pragma once

#include <deque>
#include <utility>

#include "base/time.h"
#include "node/raft/message.h"

namespace capsize::raft {

class Lease {
 public:
  /// A round of heartbeats begins. The lease counts from here and not from the acknowledgement: the
  /// follower may have restarted its election timer as early as this moment.
  void round_began(ReadRound round, base::Instant now) { rounds_.emplace_back(round, now); }
  /// A majority has acknowledged `confirmed` and with it every earlier round.
  void confirm(ReadRound confirmed, base::Duration length) {
    while (!rounds_.empty() && rounds_.front().first <= confirmed) {
      until_ = std::max(until_, rounds_.front().second + length);
      rounds_.pop_front();
    }
  }
  [[nodiscard]] bool holds(base::Instant now) const { return !void_ && now < until_; }
  /// For a seeded bug: extends the lease by this much.
  void postpone(base::Duration by) {
    if (until_ != base::Instant::min()) until_ += by;
    for (auto& [round, began] : rounds_) began += by;
  }
  /// Leadership was offered to another node, whose election ignores stickiness (thesis 3.10): the
  /// lease is void for the rest of this term (openraft 1747).
  void revoke() { void_ = true; }

 private:
  std::deque<std::pair<ReadRound, base::Instant>> rounds_;
  base::Instant until_ = base::Instant::min();
  bool void_ = false;
};

}  // namespace capsize::raft
