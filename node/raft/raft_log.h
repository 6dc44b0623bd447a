// The log in memory: entries from index 1 on, each with the hash chained up to it (chain_hash.h),
// and the boundary between what the disk is known to hold and what it is not.
//
//   1 ........ stable() ........ taken ........ last()
//   durable    handed to the disk, receipt due  still to be handed over
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
#include "node/raft/types.h"

namespace capsize::raft {

class RaftLog {
 public:
  /// Takes what the disk gave back. Precondition: from index 1, no gaps, terms never fall.
  explicit RaftLog(std::vector<Entry> recovered = {});

  /// {0, 0} for an empty log.
  [[nodiscard]] EntryId last() const;
  /// Term 0 at index 0; nothing beyond the end: a missing term must never equal another missing one
  /// (etcd/raft 76f1249).
  [[nodiscard]] std::optional<Term> term(Index index) const;
  [[nodiscard]] bool contains(EntryId id) const { return term(id.index) == id.term; }
  /// Precondition: 1 <= index <= last().index.
  [[nodiscard]] const Entry& at(Index index) const;
  /// Chained over all entries up to `index`. O(1).
  [[nodiscard]] std::uint64_t hash(Index index) const;

  /// Paper 5.4.1: is a candidate whose last entry is `candidate` at least as up-to-date as we are?
  /// Term first, then index; equal logs qualify.
  [[nodiscard]] bool is_up_to_date(EntryId candidate) const { return candidate >= last(); }

  /// First index that holds the term of `index`. O(log n): terms never fall along a log.
  [[nodiscard]] Index first_of_term_at(Index index) const;
  /// Greatest index at or below `limit` whose term is at most `term`; 0 if there is none. O(log n).
  [[nodiscard]] Index last_with_term_at_most(Term term, Index limit) const;

  /// Precondition: entry.index == last().index + 1, and the term does not fall.
  void append(Entry entry);
  /// Cuts `from` and everything behind it. Precondition: 1 <= from <= last().index.
  void truncate_from(Index from);

  /// Entries from `first` on, at most so many and so many payload bytes, but at least one.
  [[nodiscard]] std::vector<Entry> slice(Index first, std::size_t entries_max,
                                         std::size_t bytes_max) const;
  /// Entries in (after, up_to].
  [[nodiscard]] std::vector<Entry> between(Index after, Index up_to) const;

  /// Everything up to here is on disk, and is still what this log holds.
  [[nodiscard]] Index stable() const { return stable_; }
  [[nodiscard]] bool has_untaken() const { return taken_ < last().index; }
  /// The entries that no batch holds yet; they now belong to the batch `token`.
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

  [[nodiscard]] const Slot& slot(Index index) const { return slots_[index.value() - 1]; }

  std::deque<Slot> slots_;  // a deque: growing never moves a million entries at once
  Index stable_;
  Index taken_;
  std::deque<Batch> on_the_way_;
};

}  // namespace capsize::raft
