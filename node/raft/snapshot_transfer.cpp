#include "node/raft/snapshot_transfer.h"

#include "base/crc32c.h"

namespace capsize::raft {

bool IncomingSnapshot::is_of(const InstallSnapshot& piece, Term term) const {
  return term == term_ && piece.last == last_ && piece.configuration == configuration_ &&
         piece.size == size_ && piece.checksum == checksum_;
}

IncomingSnapshot::Result IncomingSnapshot::add(const InstallSnapshot& piece, Term term) {
  if (!is_of(piece, term)) {
    // A leader's snapshots only grow. Another leader's may be older and is the one to wait for: the
    // rest of what the former one sent will never come.
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
  state_.clear();  // pieces that each passed the frame's checksum: once more from the start
  return Result::kWantMore;
}

Snapshot IncomingSnapshot::take() {
  Snapshot snapshot{last_, std::make_shared<const std::string>(std::move(state_)),
                    std::move(configuration_)};
  forget();
  return snapshot;
}

}  // namespace capsize::raft
