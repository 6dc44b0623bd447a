// A snapshot on its way to one follower, piece by piece (paper section 7). One piece is under way
// at a time; where it goes on is the receiver's word, for only the receiver knows what it still
// has.
//
// Loss is found by heartbeats: a follower that answers one and has not answered a piece for a while
// is sent that piece again. A silent follower is sent nothing.
#pragma once

#include <algorithm>
#include <utility>

#include "base/time.h"
#include "node/raft/message.h"
#include "node/raft/snapshot.h"

namespace capsize::raft {

class SnapshotTransfer {
 public:
  /// The content is shared, so a newer snapshot here does not disturb this one.
  SnapshotTransfer(Snapshot snapshot, std::uint32_t checksum)
      : snapshot_(std::move(snapshot)), checksum_(checksum) {}

  [[nodiscard]] const EntryId& last() const { return snapshot_.last.id; }
  [[nodiscard]] bool piece_due() const { return due_; }
  [[nodiscard]] InstallSnapshot take_piece(std::size_t bytes_max, base::Instant now) {
    due_ = false;
    sent_at_ = now;
    return {snapshot_.last,
            snapshot_.configuration,
            snapshot_.state->size(),
            checksum_,
            offset_,
            snapshot_.state->substr(offset_, bytes_max)};
  }
  /// The receiver's answer. One that asks for the piece under way is an echo of the answer that
  /// sent it: to send it twice for that would double the traffic with every duplicate.
  void wants(std::uint64_t offset) {
    if (offset == offset_) return;
    offset_ = std::min<std::uint64_t>(offset, snapshot_.state->size());
    due_ = true;
  }
  /// The follower lives. Sends the piece again if its answer is overdue.
  void alive(base::Instant now, base::Duration patience) {
    if (now >= sent_at_ + patience) due_ = true;
  }

 private:
  Snapshot snapshot_;
  std::uint32_t checksum_;
  std::uint64_t offset_ = 0;
  base::Instant sent_at_;
  bool due_ = true;
};

}  // namespace capsize::raft
