// A change of members that this leader carries out (thesis chapter 4): first the newcomers catch up
// without a vote, then the joint configuration goes into the log, then the new one.
//
// A newcomer catches up in rounds (thesis 4.2.1): each replicates what the log held when the round
// began, so the rounds become shorter. It may vote once a round took less than an election timeout,
// for then the new cluster is not long without it.
#pragma once

#include <map>
#include <vector>

#include "base/time.h"
#include "node/raft/types.h"

namespace capsize::raft {

inline constexpr int kCatchUpRoundsMax = 10;

class CatchUp {
 public:
  enum class Progress { kGoesOn, kCaughtUp, kTooSlow };

  CatchUp(Index end, base::Instant now) : end_(end), began_(now) {}
  /// The newcomer holds the log up to `match`, the leader up to `last`.
  [[nodiscard]] Progress observe(Index match, Index last, base::Instant now,
                                 base::Duration election_timeout) {
    if (match < end_) return Progress::kGoesOn;
    if (now - began_ < election_timeout) return Progress::kCaughtUp;
    if (++rounds_ >= kCatchUpRoundsMax) return Progress::kTooSlow;
    end_ = last;
    began_ = now;
    return Progress::kGoesOn;
  }

 private:
  Index end_;  // of the round
  base::Instant began_;
  int rounds_ = 0;
};

struct MembershipChange {
  std::vector<NodeId> voters;           // what the configuration shall be
  std::map<NodeId, CatchUp> newcomers;  // not in any configuration yet; empty once it is appended
  bool appended = false;                // the joint configuration is in the log
};

/// Why a change or a transfer did not begin. Nothing was appended or sent.
enum class Refusal {
  kNone,
  kNotLeader,
  kInProgress,  // a change or a transfer is under way: one at a time
  kTooEarly,    // no entry of the own term is committed yet (Ongaro 2015, on single-server changes)
  kNoChange,    // that is how it is
  kNotAMember,  // the one that shall lead has no vote
};

enum class ChangeOutcome {
  kCommitted,    // the new configuration is
  kNotCaughtUp,  // a newcomer was too slow or silent: nothing was appended
  kAbandoned,    // leadership was lost before anything was appended
  kUnknown,      // leadership was lost after that
};

}  // namespace capsize::raft
