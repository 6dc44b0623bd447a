#include "node/raft/snapshot_transfer.h"

#include "base/crc32c.h"

namespace capsize::raft {

bool IncomingSnapshot::is_of(const InstallSnapshot& piece, Term term) const {
  return term == term_ && piece.last == last_ && piece.configuration == configuration_ &&
         piece.size == size_ && piece.checksum == checksum_;
}

IncomingSnapshot::Result IncomingSnapshot::add(const InstallSnapshot& piece, Term term) {
  if (!is_of(piece, term)) {
    // Within a term snapshots only become newer. After a change of leader an older snapshot is the
    // right one: the former leader will not send the rest of the newer one.
    if (term == term_ && piece.last.id.index < last_.id.index) return Result::kStale;
    term_ = term;
    last_ = piece.last;
    configuration_ = piece.configuration;
    size_ = piece.size;
    checksum_ = piece.checksum;
    state_.clear();
  }
  if (piece.offset != state_.size()) return Result::kWantMore;
  state_ += piece.piece;
  if (state_.size() < size_) return Result::kWantMore;
  if (base::crc32c(state_) == checksum_) return Result::kComplete;
  // A wrong checksum although that of each frame matched: transfer it again from the start.
  state_.clear();
  return Result::kWantMore;
}

Snapshot IncomingSnapshot::take() {
  Snapshot snapshot{last_, std::make_shared<const std::string>(std::move(state_)),
                    std::move(configuration_)};
  forget();
  return snapshot;
}

}  // namespace capsize::raft
