// The log in memory: the entries after its base, each with the hash chained up to it
// (chain_hash.h), and the boundary of what is known to be on disk.
//
//            base()          stable()          taken            last()
//   compacted  |    durable     |   in a batch   |  not yet taken  |
//
// Of the base entry the id and the hash are kept, and nothing below it. The entries below were
// committed, so they agree with every leader's log: a consistency check there always succeeds.
// (stable() may be below the base while an installed snapshot is being written.)
//
// Receipts move the boundary, and a receipt names a batch, never an index: an entry that was
// overwritten while its batch was in flight must not make its successor at the same index look
// durable (etcd/raft issue 1690, the ABA race of asynchronous writes). So every truncation also
// lowers the index that the batches in flight will prove.
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
  /// `recovered`: the entries on disk. Precondition: they follow `base` without gaps, and their
  /// terms never decrease.
  explicit RaftLog(std::vector<Entry> recovered = {}, LogPoint base = {});

  /// The entry before the first; {0, 0} if nothing has been compacted.
  [[nodiscard]] EntryId base() const { return base_.id; }
  /// The last entry, or the base of an empty log, so that a compacted log does not look out of
  /// date.
  [[nodiscard]] EntryId last() const;
  /// Also defined at the base (term 0 at index 0). nullopt below it and after the end: a missing
  /// term must never compare equal to another missing one (etcd/raft 76f1249).
  [[nodiscard]] std::optional<Term> term(Index index) const;
  [[nodiscard]] bool contains(EntryId id) const { return term(id.index) == id.term; }
  /// Precondition: base().index < index <= last().index.
  [[nodiscard]] const Entry& at(Index index) const;
  /// The hash chained over all entries up to `index`. O(1). Precondition: base().index <= index.
  [[nodiscard]] std::uint64_t hash(Index index) const;

  /// Paper 5.4.1: whether the log of a candidate with this last entry is at least as up-to-date as
  /// this log. Compares the terms first, then the indexes; equal logs qualify.
  [[nodiscard]] bool is_up_to_date(EntryId candidate) const { return candidate >= last(); }

  /// First index known to hold the term of `index`. O(log n), since terms never decrease in a log.
  /// Precondition: base().index <= index <= last().index.
  [[nodiscard]] Index first_of_term_at(Index index) const;
  /// Greatest index at or below `limit` whose term is at most `term`; nullopt if it is below the
  /// base, where terms are not known. O(log n).
  [[nodiscard]] std::optional<Index> last_with_term_at_most(Term term, Index limit) const;

  /// Precondition: entry.index == last().index + 1, and entry.term >= last().term.
  void append(Entry entry);
  /// Removes the entries from `from` on. Precondition: base().index < from <= last().index.
  void truncate_from(Index from);

  /// Drops the entries up to `index`. Precondition: base().index <= index <= stable().
  void compact(Index index);
  /// Another node's snapshot up to `last` replaces the log: the entries after it stay if the log
  /// has that entry, otherwise all are dropped. Precondition: committed < last.id.index, where
  /// `committed` is the last entry known to agree with the snapshot's history.
  void install(const LogPoint& last, Index committed);

  /// The entries from `first` on, within both bounds, but at least one entry.
  [[nodiscard]] std::vector<Entry> slice(Index first, std::size_t entries_max,
                                         std::size_t bytes_max) const;
  /// Entries in (after, up_to].
  [[nodiscard]] std::vector<Entry> between(Index after, Index up_to) const;

  /// All entries of this log up to here are on disk.
  [[nodiscard]] Index stable() const { return stable_; }
  [[nodiscard]] bool has_untaken() const { return taken_ < last().index; }
  /// Returns the entries that are in no batch yet; they, and an installed snapshot, now belong to
  /// batch `token`.
  [[nodiscard]] std::vector<Entry> take_unstable(SyncToken token);
  /// All batches up to `token` are on disk.
  void synced(SyncToken token);

 private:
  struct Slot {
    Entry entry;
    std::uint64_t hash;
  };
  struct Batch {
    SyncToken token;
    Index last;  // what its receipt proves; lowered if that entry is truncated before the receipt
  };

  [[nodiscard]] const Slot& slot(Index index) const {
    return slots_[index - base_.id.index.next()];
  }
  [[nodiscard]] auto after(Index index) const {
    return slots_.begin() + static_cast<std::ptrdiff_t>(index - base_.id.index);
  }

  LogPoint base_;

  std::deque<Slot> slots_;  // a deque: growing never moves a million entries at once
  Index stable_;
  Index taken_;
  std::deque<Batch> in_flight_;
};

}  // namespace capsize::raft
