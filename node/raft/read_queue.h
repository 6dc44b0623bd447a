// ReadIndex on the leader (paper section 8, thesis 6.4): which reads wait for which round of
// heartbeats.
//
// A read is safe to answer from the state at index i if i was the commit index at some moment after
// the read was asked, and a majority acknowledged this leader after that moment. So a read joins
// only a round that begins after it, a round fixes its read index when it begins, and an
// acknowledgement confirms the rounds up to the one it echoes, never a later one. Round numbers
// only grow, for the life of the process: a number that came back would let an old acknowledgement
// confirm a new read (etcd issue 20418).
#pragma once

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "node/raft/message.h"
#include "node/raft/types.h"

namespace capsize::raft {

/// Rounds that may wait for their majority at one time; later reads gather for the next one.
inline constexpr std::size_t kReadRoundsInFlightMax = 4;
/// Requests beyond it are dropped; whoever asked, asks again.
inline constexpr std::size_t kReadRequestsMax = 65536;

class ReadQueue {
 public:
  struct Request {
    NodeId from;
    std::uint64_t id = 0;  // of the asker (local_reads.h)
  };
  struct Confirmed {
    Request request;
    Index index;  // answer when the state machine has applied this
  };

  void add(Request request);
  /// Begins a round for everything that waits, at the given commit index. Returns whether one
  /// began. Precondition: an entry of the current term is committed (thesis 6.4, step 1): before
  /// that the commit index may be behind what an earlier leader has already shown to clients (etcd
  /// 7331).
  bool begin_round(Index commit);
  /// The same, if need be for nobody: what its acknowledgements show is of use by itself (lease.h).
  bool begin_round_for_all(Index commit);
  /// What waits for a round, for one who can answer without.
  [[nodiscard]] std::vector<Request> take_waiting() { return std::exchange(waiting_, {}); }
  /// The round that the latest heartbeats carry; 0 before the first.
  [[nodiscard]] ReadRound round() const { return round_; }
  [[nodiscard]] bool has_unconfirmed() const { return !rounds_.empty(); }
  /// A majority has acknowledged `confirmed`.
  [[nodiscard]] std::vector<Confirmed> confirm(ReadRound confirmed);
  /// Leadership is lost: nothing here will be answered. Returns what waited.
  [[nodiscard]] std::vector<Request> abandon();

 private:
  struct Round {
    ReadRound number;
    Index index;
    std::vector<Request> requests;
  };

  ReadRound round_;
  std::vector<Request> waiting_;
  std::deque<Round> rounds_;
};

}  // namespace capsize::raft
