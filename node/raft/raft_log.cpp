#include "node/raft/raft_log.h"

#include <algorithm>

#include "base/check.h"
#include "node/bugs/seeded_bug.h"
#include "node/raft/chain_hash.h"

namespace capsize::raft {

RaftLog::RaftLog(std::vector<Entry> recovered, LogPoint base) : base_(base) {
  for (Entry& entry : recovered) append(std::move(entry));
  stable_ = taken_ = last().index;
}

EntryId RaftLog::last() const {
  return slots_.empty() ? base_.id : slots_.back().entry.id();
}

std::optional<Term> RaftLog::term(Index index) const {
  if (index == base_.id.index) return base_.id.term;
  if (index < base_.id.index || index > last().index) return std::nullopt;
  return slot(index).entry.term;
}

const Entry& RaftLog::at(Index index) const {
  CHECK(index > base_.id.index && index <= last().index, "only entries of the log are read");
  return slot(index).entry;
}

std::uint64_t RaftLog::hash(Index index) const {
  CHECK(index >= base_.id.index && index <= last().index, "only entries of the log have a hash");
  return index == base_.id.index ? base_.hash : slot(index).hash;
}

Index RaftLog::first_of_term_at(Index index) const {
  const auto sought = term(index);
  CHECK(sought, "only entries of the log are read");
  // Entries below the base may have the same term, but they cannot conflict: the base is the
  // earliest index that a leader can use.
  if (base_.id.term == *sought) return base_.id.index;
  const auto first = std::partition_point(
      slots_.begin(), after(index), [sought](const Slot& s) { return s.entry.term < *sought; });
  return first->entry.index;
}

std::optional<Index> RaftLog::last_with_term_at_most(Term term, Index limit) const {
  if (limit < base_.id.index || term < base_.id.term) return std::nullopt;
  const auto end = std::partition_point(slots_.begin(), after(std::min(limit, last().index)),
                                        [term](const Slot& s) { return s.entry.term <= term; });
  return base_.id.index + static_cast<std::uint64_t>(end - slots_.begin());
}

void RaftLog::append(Entry entry) {
  const EntryId end = last();
  CHECK(entry.index == end.index.next(), "the log has no gaps");
  CHECK(entry.term >= end.term || ANY_SEEDED_BUG(), "terms never decrease along a log (paper 5.3)");
  CHECK(entry.payload != nullptr, "every entry has a payload, possibly empty");
  const std::uint64_t hash = chain_hash(this->hash(end.index), entry);
  slots_.push_back({std::move(entry), hash});
}

void RaftLog::truncate_from(Index from) {
  CHECK(from > base_.id.index && from <= last().index, "only entries of the log are truncated");
  slots_.resize(from - base_.id.index.next());
  // Example: entries 5 and 6 are in flight in batch 1 and are replaced by 5' and 6'. The receipt of
  // batch 1 proves 4 from now on, since 5 and 6 are no longer part of the log.
  const Index kept = from.previous();
  stable_ = std::min(stable_, kept);
  taken_ = std::min(taken_, kept);
  for (Batch& batch : in_flight_) batch.last = std::min(batch.last, kept);
}

// A snapshot is saved only after the batches up to its end are on disk (SnapshotBegun::after), so
// the compacted entries are stable. take_unstable() relies on that: it reads from taken_ on.
void RaftLog::compact(Index index) {
  CHECK(index >= base_.id.index && index <= stable_, "only durable entries are compacted");
  const LogPoint base{{*term(index), index}, hash(index)};
  slots_.erase(slots_.begin(), after(index));
  base_ = base;
}

void RaftLog::install(const LogPoint& last, Index committed) {
  const bool may_go_back = SEEDED_BUG("snapshot-goes-back");
  if (may_go_back) committed = std::min(committed, last.id.index);
  CHECK(may_go_back || (committed >= base_.id.index && committed < last.id.index),
        "a snapshot never goes back");
  std::vector<Entry> kept;
  if (SEEDED_BUG("snapshot-keeps-suffix") && this->last().index > last.id.index) {
    kept = between(last.id.index, this->last().index);
  }
  if (contains(last.id) && hash(last.id.index) == last.hash) {
    slots_.erase(slots_.begin(), after(last.id.index));
  } else {
    slots_.clear();
    // Entries above `committed` were replaced, so neither the disk nor receipts that are still to
    // come prove anything about them (the ABA race of raft_log.h).
    stable_ = std::min(stable_, committed);
    taken_ = std::min(taken_, committed);
    for (Batch& batch : in_flight_) batch.last = std::min(batch.last, committed);
  }
  base_ = last;
  // The snapshot itself is written with the next batch. stable_ follows with that batch's receipt.
  taken_ = std::max(taken_, last.id.index);
  if (slots_.empty()) {
    for (Entry& entry : kept) append(std::move(entry));
  }
}

std::vector<Entry> RaftLog::slice(Index first, std::size_t entries_max,
                                  std::size_t bytes_max) const {
  CHECK(first > base_.id.index, "only entries of the log are sent");
  std::vector<Entry> entries;
  std::size_t bytes = 0;
  const Index end = std::min(last().index, first.previous() + entries_max);
  if (end >= first) entries.reserve(end.next() - first);
  for (Index i = first; i <= end; ++i) {
    const Entry& entry = slot(i).entry;
    bytes += entry.payload->size();
    if (bytes > bytes_max && !entries.empty()) break;
    entries.push_back(entry);
  }
  return entries;
}

std::vector<Entry> RaftLog::between(Index after, Index up_to) const {
  CHECK(base_.id.index <= after && after <= up_to && up_to <= last().index,
        "only entries of the log are returned");
  std::vector<Entry> entries;
  entries.reserve(up_to - after);
  for (Index i = after.next(); i <= up_to; ++i) entries.push_back(slot(i).entry);
  return entries;
}

std::vector<Entry> RaftLog::take_unstable(SyncToken token) {
  std::vector<Entry> entries = between(taken_, last().index);
  taken_ = last().index;
  in_flight_.push_back({token, taken_});
  return entries;
}

void RaftLog::synced(SyncToken token) {
  while (!in_flight_.empty() && in_flight_.front().token <= token) {
    stable_ = std::max(stable_, in_flight_.front().last);
    in_flight_.pop_front();
  }
  CHECK(stable_ <= taken_, "only entries that a batch has taken can be on disk");
}

}  // namespace capsize::raft
