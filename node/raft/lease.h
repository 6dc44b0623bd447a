// A leader's lease (thesis 6.4.1): for a while after a majority has acknowledged it, no other
// leader can be elected, for those who acknowledged vote for nobody until their minimal election
// timeout is over (stickiness, thesis 4.2.3). So it may answer reads from its own state, without a
// round.
//
// The price is an assumption that Raft itself does not make: that the voters' clocks run at nearly
// the same rate as the leader's, here to a fifth (kept of the timeout are four fifths). A clock
// that jumps, or a timeout that is shorter on another node, makes stale reads.
#pragma once

#include <deque>
#include <utility>

#include "base/time.h"
#include "node/raft/message.h"

namespace capsize::raft {

class Lease {
 public:
  /// A round of heartbeats begins. The lease counts from here, not from the acknowledgement: what
  /// took place in between is not known.
  void round_began(ReadRound round, base::Instant now) { rounds_.emplace_back(round, now); }
  /// A majority has acknowledged `confirmed` and with it every earlier round.
  void confirm(ReadRound confirmed, base::Duration length) {
    while (!rounds_.empty() && rounds_.front().first <= confirmed) {
      until_ = std::max(until_, rounds_.front().second + length);
      rounds_.pop_front();
    }
  }
  [[nodiscard]] bool holds(base::Instant now) const { return !void_ && now < until_; }
  /// Leadership was offered to another node, whose election asks nobody for patience (thesis 3.10):
  /// nothing can be promised any more in this term (openraft 1747).
  void give_up() { void_ = true; }

 private:
  std::deque<std::pair<ReadRound, base::Instant>> rounds_;
  base::Instant until_ = base::Instant::min();
  bool void_ = false;
};

}  // namespace capsize::raft
