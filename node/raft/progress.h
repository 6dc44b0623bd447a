// A leader's view of one follower: nextIndex and matchIndex of Figure 2, and what was sent. Three
// states: *probing*, where the leader does not know up to which entry the logs match and sends one
// AppendEntries at a time; *replicating*, where it sends ahead of the acknowledgements, up to a
// window; and *snapshot*, where the next entry that the follower needs has been compacted.
//
// The next heartbeat detects any loss: its `previous` is the entry before `next`, so a follower
// that missed something refuses it, and the refusal says where to continue. A silent follower is
// sent empty heartbeats only, and any reply resumes replication (in etcd issue 7037 nothing did).
#pragma once

#include <deque>
#include <optional>

#include "base/time.h"
#include "node/raft/message.h"
#include "node/raft/snapshot_transfer.h"
#include "node/raft/types.h"

namespace capsize::raft {

/// The number of unacknowledged AppendEntries with entries per follower.
inline constexpr std::size_t kAppendsInFlightMax = 64;

class Progress {
 public:
  Progress() = default;
  /// At the start of a leadership: no entry is known to match, and the first probe is at the end of
  /// the leader's log.
  Progress(Index last, base::Instant now) : heard(now), next_(last.next()) {}

  /// Highest entry known to be durable on the follower. Never decreases within a leadership, in
  /// whatever order replies arrive, unless forget_match() is called.
  [[nodiscard]] Index match() const { return match_; }
  /// First entry to send. Always above match().
  [[nodiscard]] Index next() const { return next_; }
  [[nodiscard]] bool probing() const { return probing_; }
  /// Whether the entry before next(), which every AppendEntries names, is compacted.
  [[nodiscard]] bool needs_snapshot(Index base) const { return next_ <= base; }
  /// Whether entries may be sent now.
  [[nodiscard]] bool may_send_entries(std::size_t window_bytes) const {
    if (probing_) return !paused_;
    return in_flight_.empty() ||
           (in_flight_.size() < kAppendsInFlightMax && in_flight_bytes_ < window_bytes);
  }

  /// Entries up to `last`, with `bytes` of payload, were sent. A probe waits for its reply;
  /// replication continues.
  void sent_entries(Index last, std::size_t bytes);
  /// The follower durably has all entries up to `index`, and its log matches the leader's up to the
  /// entry before next(). A snapshot transfer ends once the log, which starts after `base`, has all
  /// entries that the follower still needs.
  void accepted(Index index, Index base = {});
  /// The follower refused `rejected` as the previous entry; `hint` is the next one to try. Returns
  /// false for a stale refusal: at or below what the follower acknowledged, or not of the latest
  /// probe. A probe whose reply was lost continues with the reply to the next heartbeat, which
  /// names the same entry.
  bool refused(Index rejected, Index hint);

  /// The follower lost entries that it had acknowledged: no entry is known to match any more, and
  /// the next probe is at the end of the log, `last`.
  void forget_match(Index last);
  /// The number of such losses.
  [[nodiscard]] std::uint64_t losses() const { return losses_; }

  base::Instant heard;    // when the follower last replied in this term (thesis 6.2)
  ReadRound acked_round;  // highest read round it has acknowledged
  ReadRound sent_round;   // highest read round sent to it
  Index sent_commit;      // highest commit index it can know from what was sent
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
  std::deque<Append> in_flight_;  // unacknowledged AppendEntries with entries, in order
  std::size_t in_flight_bytes_ = 0;
};

}  // namespace capsize::raft
