// A copy of a node's log for the invariants: term and chained hash at each index after its
// snapshot.
#pragma once

#include <cstdint>
#include <vector>

#include "node/raft/snapshot.h"
#include "node/raft/types.h"

namespace capsize::simulation {

class LogMirror {
 public:
  /// Entries that a node writes: one at or below the end supersedes the log from its index on.
  void write(const std::vector<raft::Entry>& entries);
  /// A snapshot replaces the log up to its end; the entries after it stay if they match.
  void install(const raft::LogPoint& end);
  [[nodiscard]] raft::EntryId last() const;
  /// The end of the snapshot.
  [[nodiscard]] const raft::LogPoint& base() const { return base_; }
  /// Precondition: base().id.index <= index <= last().index.
  [[nodiscard]] std::uint64_t hash(raft::Index index) const;
  [[nodiscard]] raft::Term term(raft::Index index) const;
  /// True below the snapshot's end: the snapshot itself was compared with the committed entries.
  [[nodiscard]] bool holds(raft::Index index, std::uint64_t hash_there) const {
    if (index < base_.id.index) return true;
    return index <= last().index && hash(index) == hash_there;
  }

 private:
  struct Slot {
    raft::Term term;
    std::uint64_t hash;
  };
  raft::LogPoint base_;
  std::vector<Slot> slots_;
};

}  // namespace capsize::simulation
