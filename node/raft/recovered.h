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
  /// Acknowledged entries up to here may be missing (0: none): the disk lost them, and an operator
  /// accepted it. Until the node holds them again, and the operator says so, it grants no vote, no
  /// pre-vote either, and does not campaign, whether its timer fires or it is sent TimeoutNow.
  ///
  /// Why that is enough, with n voters, a majority of q (2q > n), and k of them in this state: an
  /// entry that was committed with their help is still on at least q - k of the others. A leader is
  /// elected by q of these n - k others. (q - k) + q > n - k, so one of its voters has the entry,
  /// and votes only for a candidate that has it, too (5.4.1). With k so large that no q
  /// others are left, no leader is elected, which is what a loss of that size should do. The same
  /// sum says that a read round or check quorum may count this node: a candidate that deposes a
  /// leader needs q of the others, one of whom answered that leader before.
  ///
  /// Its acknowledgements count: each names what its disk holds now. One could do harm if the node
  /// had forgotten that it voted in a later term and so took entries from an older leader; hence
  /// the term that it had seen is recovered with `hard_state` (storage/log_loss.h), and the vote in
  /// that term is spent. A leader that still believes the old acknowledgements may commit by them:
  /// that entry, too, is then on q - k others.
  Index lost{};

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
