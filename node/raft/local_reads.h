// The reads requested at this node, until they may be answered. They are collected into batches
// with one read index each. The node requests the index from the leader (from itself if it leads),
// and repeats the request if no reply comes or the leader changes. Repeating is harmless: a read
// index obtained at any moment after the reads were requested is valid for them.
//
// Batch numbers include the incarnation, so that a delayed reply to an earlier incarnation cannot
// answer a read of this one with an index from before the read was requested.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "base/time.h"
#include "node/raft/ready.h"
#include "node/raft/types.h"

namespace capsize::raft {

class LocalReads {
 public:
  explicit LocalReads(std::uint64_t incarnation) : number_(incarnation << 40) {}

  /// Adds a new read to the next batch.
  void add(std::uint64_t id) { gathered_.push_back(id); }
  /// The batches whose index must be requested now: new ones, and those requested at least
  /// `patience` ago without a reply.
  [[nodiscard]] std::vector<std::uint64_t> take_due(base::Instant now, base::Duration patience);
  /// The leader replied. All batches up to this one may use the index, since their reads were
  /// requested even earlier. Unknown and repeated numbers change nothing.
  void answered(std::uint64_t number, Index index);
  /// The leader changed: all unanswered batches are due at once.
  void retry_all();

  /// Moves the reads whose index has been applied to `out` (thesis 6.4, step 4).
  void take_ready(Index applied, std::vector<ReadReady>& out);
  /// There was no leader for too long: all unanswered reads fail without having read anything.
  void fail_unanswered(std::vector<ReadReady>& out);

  [[nodiscard]] bool has_unanswered() const;
  /// When the oldest request is repeated. Precondition: has_unanswered().
  [[nodiscard]] base::Instant next_due(base::Duration patience) const;

 private:
  struct Batch {
    std::uint64_t number;
    std::vector<std::uint64_t> reads;
    bool asked = false;
    base::Instant asked_at;
  };
  struct Answered {
    Index index;
    std::vector<std::uint64_t> reads;
  };

  std::uint64_t number_;
  std::vector<std::uint64_t> gathered_;
  std::deque<Batch> unanswered_;  // ascending by number
  std::vector<Answered> answered_;
};

}  // namespace capsize::raft
