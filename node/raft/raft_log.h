// The log in memory: entries behind its base, each with the hash chained up to it (chain_hash.h),
// and the boundary between what the disk is known to hold and what it is not.
//
//   base() ........ stable() ........ taken ........ last()
//   compacted       durable           handed to      still to be
//   up to here                        the disk       handed over
//
// Of the base entry the id and the hash are kept, nothing of what lies below. All of that was
// committed, so it agrees with every leader's log, and no question about it has another answer.
// (stable() may lie below the base while an installed snapshot is on its way to the disk.)
//
// The boundary moves by receipts, and a receipt names a batch, never an index: entries that were
// overwritten while their batch was on its way must not make their successors look durable
// (etcd/raft issue 1690, the ABA race of asynchronous writes). So every truncation also lowers
// what the batches on their way will prove.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "node/raft/ready.h"
#include "node/raft/snapshot.h"
#include "node/raft/types.h"

namespace capsize::raft {

class RaftLog {
 public:
  /// Takes what the disk gave back. Precondition: behind `base`, no gaps, terms never fall.
  explicit RaftLog(std::vector<Entry> recovered = {}, LogPoint base = {});

  /// The entry before the first; {0, 0} as long as nothing was compacted.
  [[nodiscard]] EntryId base() const { return base_.id; }
  /// The last entry, or the base of an empty log: a compacted log does not look out of date.
  [[nodiscard]] EntryId last() const;
  /// Also at the base (term 0 at index 0). Nothing below it and beyond the end: a missing term must
  /// never equal another missing one (etcd/raft 76f1249).
  [[nodiscard]] std::optional<Term> term(Index index) const;
  [[nodiscard]] bool contains(EntryId id) const { return term(id.index) == id.term; }
  /// Precondition: base().index < index <= last().index.
  [[nodiscard]] const Entry& at(Index index) const;
  /// Chained over all entries up to `index`. O(1). Precondition: base().index <= index.
  [[nodiscard]] std::uint64_t hash(Index index) const;

  /// Paper 5.4.1: is a candidate whose last entry is `candidate` at least as up-to-date as we are?
  /// Term first, then index; equal logs qualify.
  [[nodiscard]] bool is_up_to_date(EntryId candidate) const { return candidate >= last(); }

  /// First index known to hold the term of `index`. O(log n): terms never fall along a log.
  /// Precondition: base().index <= index <= last().index.
  [[nodiscard]] Index first_of_term_at(Index index) const;
  /// Greatest index at or below `limit` whose term is at most `term`; nothing if it lies below the
  /// base, where terms are not known any more. O(log n).
  [[nodiscard]] std::optional<Index> last_with_term_at_most(Term term, Index limit) const;

  /// Precondition: entry.index == last().index + 1, and the term does not fall.
  void append(Entry entry);
  /// Cuts `from` and everything behind it. Precondition: base().index < from <= last().index.
  void truncate_from(Index from);

  /// Forgets the entries up to `index`. Precondition: base().index <= index <= stable().
  void compact(Index index);
  /// Another node's snapshot up to `last` takes the place of the log: entries behind it stay if the
  /// log has that entry, otherwise all of them go. Precondition: committed < last.id.index, where
  /// `committed` is the last entry known to agree with the snapshot's history.
  void install(const LogPoint& last, Index committed);

  /// Entries from `first` on, at most so many and so many payload bytes, but at least one.
  [[nodiscard]] std::vector<Entry> slice(Index first, std::size_t entries_max,
                                         std::size_t bytes_max) const;
  /// Entries in (after, up_to].
  [[nodiscard]] std::vector<Entry> between(Index after, Index up_to) const;

  /// Everything up to here is on disk, and is still what this log holds.
  [[nodiscard]] Index stable() const { return stable_; }
  [[nodiscard]] bool has_untaken() const { return taken_ < last().index; }
  /// The entries that no batch holds yet; they, and a snapshot that was installed, now belong to
  /// the batch `token`.
  [[nodiscard]] std::vector<Entry> take_unstable(SyncToken token);
  /// Every batch up to `token` is on disk.
  void synced(SyncToken token);

 private:
  struct Slot {
    Entry entry;
    std::uint64_t hash;
  };
  struct Batch {
    SyncToken token;
    Index last;  // what its receipt proves; lowered when that entry is cut before the receipt
  };

  [[nodiscard]] const Slot& slot(Index index) const {
    return slots_[index - base_.id.index.next()];
  }
  [[nodiscard]] auto behind(Index index) const {
    return slots_.begin() + static_cast<std::ptrdiff_t>(index - base_.id.index);
  }

  LogPoint base_;

  std::deque<Slot> slots_;  // a deque: growing never moves a million entries at once
  Index stable_;
  Index taken_;
  std::deque<Batch> on_the_way_;
};

}  // namespace capsize::raft
