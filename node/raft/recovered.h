// What a disk holds, and how each write changes it: one definition for the real log, the simulated
// disk and recovery, so that they cannot disagree about it.
#pragma once

#include <vector>

#include "node/raft/snapshot.h"
#include "node/raft/types.h"

namespace capsize::raft {

struct Recovered {
  HardState hard_state;
  std::vector<Entry> entries;  // behind the snapshot (from index 1 without one), without gaps
  Snapshot snapshot{};

  [[nodiscard]] Index first() const { return snapshot.last.id.index.next(); }
  [[nodiscard]] Index last() const { return snapshot.last.id.index + entries.size(); }
  /// An entry at or below the last one supersedes the log from there on.
  /// Precondition: first() <= entry.index <= last().next().
  void write(const Entry& entry);
  /// The snapshot takes the place of the log up to its last entry. What follows stays if the log
  /// has that very entry, for then it has the same history; otherwise all of it goes. (A log that
  /// kept another entry there was sent snapshots for ever: hashicorp/raft 697.)
  void install(Snapshot given);
};

}  // namespace capsize::raft
