// Both ends of a snapshot transfer (paper section 7): the leader sends a snapshot to one follower
// piece by piece, and the follower assembles the pieces.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/time.h"
#include "node/raft/message.h"
#include "node/raft/snapshot.h"

namespace capsize::raft {

/// The sending end. One piece is in flight at a time; the receiver says which offset comes next,
/// since only the receiver knows what it still has.
///
/// Heartbeats detect loss: if a follower replies to them but has not replied to a piece for a
/// while, the piece is sent again. A silent follower is sent no pieces.
class SnapshotTransfer {
 public:
  /// Shares the content, so a newer snapshot on the leader does not affect this transfer.
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
  /// The receiver's reply. One that requests the piece in flight is a duplicate of the reply that
  /// caused it to be sent: sending the piece again would double the traffic with every duplicate.
  void wants(std::uint64_t offset) {
    if (offset == offset_) return;
    offset_ = std::min<std::uint64_t>(offset, snapshot_.state->size());
    due_ = true;
  }
  /// The follower replied to a heartbeat: sends the piece again if its reply is overdue.
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

/// The receiving end: assembles the pieces of one snapshot, in order, in memory. A crash loses them
/// and the transfer restarts; an incomplete snapshot is never on disk.
class IncomingSnapshot {
 public:
  enum class Result {
    kStale,     // a late piece of an older snapshot of the same leader: no reply is sent
    kWantMore,  // see wanted()
    kComplete,  // see take()
  };
  /// `term` is the sender's. A piece that does not continue the bytes received so far changes
  /// nothing; a piece of another snapshot, unless stale, starts over with that one.
  Result add(const InstallSnapshot& piece, Term term);
  /// The offset of the next piece.
  [[nodiscard]] std::uint64_t wanted() const { return state_.size(); }
  /// After kComplete.
  [[nodiscard]] std::string_view content() const { return state_; }
  /// After kComplete: the snapshot, whose checksum matched.
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
