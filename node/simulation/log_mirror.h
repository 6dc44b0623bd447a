// A copy of a node's log as seen from outside: term and chained hash at each index.
#pragma once

#include <cstdint>
#include <vector>

#include "node/raft/types.h"

namespace capsize::simulation {

class LogMirror {
 public:
  /// What a node handed to its disk: an entry at or below the end supersedes the log from there on.
  void write(const std::vector<raft::Entry>& entries);
  [[nodiscard]] raft::EntryId last() const;
  /// Precondition: index <= last().index.
  [[nodiscard]] std::uint64_t hash(raft::Index index) const;
  [[nodiscard]] raft::Term term(raft::Index index) const;
  [[nodiscard]] bool holds(raft::Index index, std::uint64_t hash_there) const {
    return index <= last().index && hash(index) == hash_there;
  }

 private:
  struct Slot {
    raft::Term term;
    std::uint64_t hash;
  };
  std::vector<Slot> slots_;
};

}  // namespace capsize::simulation
