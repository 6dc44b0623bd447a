// Reads that this node was asked for, until they may be answered: gathered into batches, one read
// index a batch, asked of the leader (of itself, if it leads) and asked again when the answer stays
// away or the leader changes. Asking twice is harmless: a read index that was valid at any moment
// after the reads were asked is valid for them.
//
// Batch numbers carry the incarnation, so that an answer to an earlier life of this process, late
// in some queue, cannot answer a read of this one with an index from before it was asked.
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

  /// A new read; it joins the next batch.
  void add(std::uint64_t id) { gathered_.push_back(id); }
  /// The batches to ask the leader for now: new ones, and those asked `patience` ago in vain.
  [[nodiscard]] std::vector<std::uint64_t> take_due(base::Instant now, base::Duration patience);
  /// The leader answered. Every batch up to this one may use the index, because their reads were
  /// asked earlier still. Unknown and repeated numbers change nothing.
  void answered(std::uint64_t number, Index index);
  /// Another leader: what is unanswered is asked again at once.
  void ask_again();

  /// Moves out the reads that the state machine's progress allows (thesis 6.4, step 4).
  void take_ready(Index applied, std::vector<ReadReady>& out);
  /// No leader for too long: every unanswered read fails, having read nothing.
  void fail_unanswered(std::vector<ReadReady>& out);

  [[nodiscard]] bool has_unanswered() const;
  /// When the oldest question should be repeated. Precondition: has_unanswered().
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
  std::deque<Batch> unanswered_;  // by growing number
  std::vector<Answered> answered_;
};

}  // namespace capsize::raft
