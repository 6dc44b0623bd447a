// What a leader knows about one follower (nextIndex and matchIndex of Figure 2), and what it has
// told it. Three states: *probing*, when it does not know where the logs meet and sends one
// AppendEntries at a time; *replicating*, when it sends ahead of the acknowledgements, up to a
// window; and *snapshot*, when what the follower needs next is not in the log any more.
//
// Whatever is lost is found by the next heartbeat: its `previous` is the entry before `next`, so a
// follower that missed something refuses it, and the refusal says where to go on. A silent follower
// is sent empty heartbeats only; any answer resumes it (etcd issue 7037 is a follower that nothing
// resumed).
#pragma once

#include <deque>
#include <optional>

#include "base/time.h"
#include "node/raft/message.h"
#include "node/raft/snapshot_transfer.h"
#include "node/raft/types.h"

namespace capsize::raft {

/// AppendEntries with entries that may be under way to one follower.
inline constexpr std::size_t kAppendsInFlightMax = 64;

class Progress {
 public:
  Progress() = default;
  /// At the start of a leadership: nothing is known to match, and the end of the own log is tried.
  Progress(Index last, base::Instant now) : heard(now), next_(last.next()) {}

  /// Highest entry known to be durable on the follower. Never falls within a leadership, whatever
  /// the order in which replies arrive, unless forget_match() is called.
  [[nodiscard]] Index match() const { return match_; }
  /// First entry to send. Always above match().
  [[nodiscard]] Index next() const { return next_; }
  [[nodiscard]] bool probing() const { return probing_; }
  /// Is the entry before next(), which every AppendEntries names, below what the log still knows?
  [[nodiscard]] bool needs_snapshot(Index base) const { return next_ <= base; }
  /// May entries be sent now?
  [[nodiscard]] bool may_send_entries(std::size_t window_bytes) const {
    if (probing_) return !paused_;
    return in_flight_.empty() ||
           (in_flight_.size() < kAppendsInFlightMax && in_flight_bytes_ < window_bytes);
  }

  /// Entries up to `last`, of so many bytes, were sent. A probe waits for its answer; replication
  /// goes ahead.
  void sent_entries(Index last, std::size_t bytes);
  /// The follower holds everything up to `index`, durably; and its log agrees with ours up to the
  /// entry before next(). A transfer ends once the log, which begins behind `base`, can go on.
  void accepted(Index index, Index base = {});
  /// The follower refused `rejected` as the previous entry; `hint` is the next one to try. Returns
  /// false if that is old news: below what it has acknowledged, or not what was tried last. A probe
  /// whose answer was lost goes on with the answer to the next heartbeat, which tries the same
  /// entry.
  bool refused(Index rejected, Index hint);

  /// The follower lost what it had acknowledged: nothing is known to match any more, and the end of
  /// the log, `last`, is tried.
  void forget_match(Index last);
  /// How often that happened.
  [[nodiscard]] std::uint64_t losses() const { return losses_; }

  base::Instant heard;    // when it last answered in this term (thesis 6.2)
  ReadRound acked_round;  // highest read round it has acknowledged
  ReadRound sent_round;   // highest read round it was told
  Index sent_commit;      // highest commit index it can have learnt from what was sent
  bool heartbeat_due = true;
  std::optional<SnapshotTransfer> transfer;  // present in the state *snapshot* only

 private:
  Index match_;
  Index next_{1};
  std::uint64_t losses_ = 0;
  bool probing_ = true;
  bool paused_ = false;
  struct Append {
    Index last;
    std::size_t bytes;
  };
  std::deque<Append> in_flight_;  // each AppendEntries with entries that is not yet acknowledged
  std::size_t in_flight_bytes_ = 0;
};

}  // namespace capsize::raft
