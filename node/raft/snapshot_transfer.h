// Both ends of a snapshot transfer (paper section 7): the leader sends a snapshot to one follower
// piece by piece, the follower gathers the pieces.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/time.h"
#include "node/raft/message.h"
#include "node/raft/snapshot.h"

namespace capsize::raft {

/// The sending end. One piece is under way at a time; the receiver says where it continues, for
/// only the receiver knows what it still has.
///
/// Loss is found by heartbeats: a follower that answers one and has not answered a piece for a
/// while is sent that piece again. A silent follower is sent nothing.
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

/// The receiving end: pieces in order, of one snapshot, in memory. A crash
/// loses them and the transfer begins anew; nothing half received is ever on disk.
class IncomingSnapshot {
 public:
  enum class Result {
    kStale,     // a late piece of an older snapshot of the same leader: not worth an answer
    kWantMore,  // see wanted()
    kComplete,  // see take()
  };
  /// `term` is the sender's. Pieces that do not continue what is there change nothing; a piece of
  /// another snapshot begins anew, unless it is stale.
  Result add(const InstallSnapshot& piece, Term term);
  /// The offset of the next piece.
  [[nodiscard]] std::uint64_t wanted() const { return state_.size(); }
  /// After kComplete.
  [[nodiscard]] std::string_view content() const { return state_; }
  /// After kComplete: the snapshot, whose checksum was right.
  [[nodiscard]] Snapshot take();
  void forget() { *this = {}; }

 private:
  [[nodiscard]] bool is_of(const InstallSnapshot& piece, Term term) const;

  Term term_;
  LogPoint last_;
  Configuration configuration_;
  std::uint64_t size_ = 0;
  std::uint32_t checksum_ = 0;
  std::string state_;
};

}  // namespace capsize::raft
