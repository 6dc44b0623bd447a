// A copy of a node's log as seen from outside: term and chained hash at each index that no snapshot
// stands for.
#pragma once

#include <cstdint>
#include <vector>

#include "node/raft/snapshot.h"
#include "node/raft/types.h"

namespace capsize::simulation {

class LogMirror {
 public:
  /// What a node handed to its disk: an entry at or below the end supersedes the log from there on.
  void write(const std::vector<raft::Entry>& entries);
  /// A snapshot takes the place of the log up to its end; what follows it stays if it fits.
  void install(const raft::LogPoint& end);
  [[nodiscard]] raft::EntryId last() const;
  /// The end of the snapshot.
  [[nodiscard]] const raft::LogPoint& base() const { return base_; }
  /// Precondition: base().id.index <= index <= last().index.
  [[nodiscard]] std::uint64_t hash(raft::Index index) const;
  [[nodiscard]] raft::Term term(raft::Index index) const;
  /// Below the snapshot's end: true, for the snapshot itself was held against what is committed.
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
