// A membership change in progress on this leader (thesis chapter 4): first the newcomers catch up
// without a vote, then the leader appends the joint configuration, then the new one.
//
// A newcomer catches up in rounds (thesis 4.2.1): each round replicates what the log held at its
// start, so rounds become shorter. The newcomer may vote once a round took less than an election
// timeout: the gap in availability until it has the rest of the log is then no longer than that.
#pragma once

#include <map>
#include <vector>

#include "base/time.h"
#include "node/raft/types.h"

namespace capsize::raft {

inline constexpr int kCatchUpRoundsMax = 10;

class CatchUp {
 public:
  enum class Progress { kInProgress, kCaughtUp, kTooSlow };

  CatchUp(Index end, base::Instant now) : end_(end), began_(now) {}
  /// The newcomer has the log up to `match`, the leader up to `last`.
  [[nodiscard]] Progress observe(Index match, Index last, base::Instant now,
                                 base::Duration election_timeout) {
    if (match < end_) return Progress::kInProgress;
    if (now - began_ < election_timeout) return Progress::kCaughtUp;
    if (++rounds_ >= kCatchUpRoundsMax) return Progress::kTooSlow;
    end_ = last;
    began_ = now;
    return Progress::kInProgress;
  }

 private:
  Index end_;  // of the current round
  base::Instant began_;
  int rounds_ = 0;
};

struct MembershipChange {
  std::vector<NodeId> voters;           // the requested configuration
  std::map<NodeId, CatchUp> newcomers;  // still catching up; empty once `appended`
  bool appended = false;                // the joint configuration is in the log
};

/// Why a membership change or a leadership transfer did not begin. Nothing was appended or sent.
enum class Refusal {
  kNone,
  kNotLeader,
  kInProgress,  // another change or transfer is in progress: one at a time
  kTooEarly,    // no entry of the own term is committed yet (Ongaro 2015, on single-server changes)
  kNoChange,    // already the current state
  kNotAMember,  // the target of a transfer has no vote
};

enum class ChangeOutcome {
  kCommitted,    // the new configuration is committed
  kNotCaughtUp,  // a newcomer was too slow or silent: nothing was appended
  kAbandoned,    // leadership was lost before the joint configuration was appended
  kUnknown,      // leadership was lost after that
};

}  // namespace capsize::raft
