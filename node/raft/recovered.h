// The durable state of a node, and how each write changes it: one definition for the real log, the
// simulated disk and recovery, so that they cannot disagree.
#pragma once

#include <vector>

#include "node/raft/snapshot.h"
#include "node/raft/types.h"

namespace capsize::raft {

struct Recovered {
  HardState hard_state;
  std::vector<Entry> entries;  // after the snapshot (from index 1 without one), without gaps
  Snapshot snapshot{};
  /// Acknowledged entries up to this index may be missing (0: none): the disk lost them, and an
  /// operator accepted the loss. Until the node has them again and the operator restores its vote,
  /// it grants neither votes nor pre-votes, and does not campaign, neither on a timeout nor on
  /// TimeoutNow.
  ///
  /// Why that suffices, with n voters, a majority of q (2q > n), and k voters in this state: an
  /// entry that was committed with their help is still on at least q - k of the others. A leader is
  /// elected by q of the n - k others. Since (q - k) + q > n - k, one of its voters has the entry,
  /// and votes only for a candidate that has it, too (5.4.1). If k is so large that fewer than q
  /// others are left, no leader is elected, as it should be after such a loss. By the same sum,
  /// read rounds and check quorum may count this node: a candidate that deposes a leader needs q of
  /// the others, one of which replied to that leader before.
  ///
  /// The node's acknowledgements count: each describes what its disk holds now. They would do harm
  /// if the node had forgotten a vote in a later term and so accepted entries from an older leader.
  /// Therefore the highest term that it has seen is recovered with `hard_state`, and its vote in
  /// that term is spent (storage/log_loss.h). A leader that still counts the old acknowledgements
  /// may commit an entry by them: that entry is on q - k others, too.
  Index lost{};

  [[nodiscard]] Index first() const { return snapshot.last.id.index.next(); }
  [[nodiscard]] Index last() const { return snapshot.last.id.index + entries.size(); }
  /// An entry at or below the last one supersedes the log from its index on.
  /// Precondition: first() <= entry.index <= last().next().
  void write(const Entry& entry);
  /// The snapshot replaces the log up to its last entry. The entries after it stay if the log has
  /// exactly that entry, for then it has the same history; otherwise all are dropped. (In
  /// hashicorp/raft 697 a log kept a conflicting entry, and was sent the snapshot endlessly.)
  void install(Snapshot given);
};

}  // namespace capsize::raft
