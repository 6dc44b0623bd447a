// ReadIndex on the leader (paper section 8, thesis 6.4): which reads wait for which round of
// heartbeats.
//
// A read may be answered from the state at index i if i was the commit index at some moment after
// the read was requested, and a majority acknowledged this leader after that moment. So a read
// joins only a round that begins later, a round fixes its read index when it begins, and an
// acknowledgement confirms the rounds up to the one it echoes, never a later one. Round numbers
// ascend as long as the process runs: a reused number would let an old acknowledgement confirm a
// new read (etcd issue 20418).
#pragma once

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "node/raft/message.h"
#include "node/raft/types.h"

namespace capsize::raft {

/// The number of rounds that may wait for a majority at a time; later reads wait for the next
/// round.
inline constexpr std::size_t kReadRoundsInFlightMax = 4;
/// Further requests are dropped; the requesting node repeats them.
inline constexpr std::size_t kReadRequestsMax = 65536;

class ReadQueue {
 public:
  struct Request {
    NodeId from;
    std::uint64_t id = 0;  // assigned by `from` (local_reads.h)
  };
  struct Confirmed {
    Request request;
    Index index;  // the read may be answered when the state machine has applied this
  };

  void add(Request request);
  /// Begins a round for all waiting requests, at the given commit index, if there are any. Returns
  /// whether a round began. Precondition: an entry of the current term is committed (thesis 6.4,
  /// step 1): before that, the commit index may be lower than what an earlier leader has already
  /// shown to clients (etcd 7331).
  bool begin_round(Index commit);
  /// The same, but begins a round even if no request waits: its acknowledgements renew the lease
  /// (lease.h).
  bool force_round(Index commit);
  /// Removes the waiting requests, for a leader that can answer them without a round (lease.h).
  [[nodiscard]] std::vector<Request> take_waiting() { return std::exchange(waiting_, {}); }
  /// The round that the latest heartbeats carry; 0 before the first.
  [[nodiscard]] ReadRound round() const { return round_; }
  [[nodiscard]] bool has_unconfirmed() const { return !rounds_.empty(); }
  /// A majority has acknowledged `confirmed`: returns the requests of all rounds up to it.
  [[nodiscard]] std::vector<Confirmed> confirm(ReadRound confirmed);
  /// Leadership was lost. Removes and returns all unconfirmed requests.
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
