// The receiving end of a snapshot transfer: pieces in order, of one snapshot, in memory. A crash
// loses them and the transfer begins anew; nothing half received is ever on disk.
#pragma once

#include <cstdint>
#include <optional>

#include "node/raft/message.h"
#include "node/raft/snapshot.h"

namespace capsize::raft {

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
