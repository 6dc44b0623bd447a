// Log time, as a leader stamps it on what it proposes (thesis 6.3; LogCabin calls it cluster time).
//
// Monotonic clocks of two nodes have nothing to do with each other. So a leader goes on from the
// latest stamp that it has applied when it first proposes, with its own clock from there: a change
// of leader loses a little time, and never jumps. Earlier stamps in its log that it has not applied
// yet may be higher; the state machine takes the highest, so time then stands still for a moment.
#pragma once

#include "base/time.h"
#include "node/kv/command.h"
#include "node/raft/types.h"

namespace capsize::replica {

class LogClock {
 public:
  /// Precondition: this node leads in `term`; `now` does not go back.
  [[nodiscard]] kv::LogTime stamp(raft::Term term, kv::LogTime applied, base::Instant now) {
    if (term != term_) {
      term_ = term;
      base_ = applied;
      since_ = now;
    }
    return base_ + static_cast<std::uint64_t>((now - since_).count());
  }

 private:
  raft::Term term_;
  kv::LogTime base_;
  base::Instant since_;
};

}  // namespace capsize::replica
