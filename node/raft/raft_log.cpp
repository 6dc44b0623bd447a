#include "node/raft/raft_log.h"

#include <algorithm>

#include "node/base/check.h"
#include "node/raft/chain_hash.h"

namespace capsize::raft {

RaftLog::RaftLog(std::vector<Entry> recovered) {
  for (Entry& entry : recovered) append(std::move(entry));
  stable_ = taken_ = last().index;
}

EntryId RaftLog::last() const {
  return slots_.empty() ? EntryId{} : slots_.back().entry.id();
}

std::optional<Term> RaftLog::term(Index index) const {
  if (index == Index{0}) return Term{0};
  if (index.value() > slots_.size()) return std::nullopt;
  return slot(index).entry.term;
}

const Entry& RaftLog::at(Index index) const {
  CHECK(index >= Index{1} && index.value() <= slots_.size(), "only entries of the log are read");
  return slot(index).entry;
}

std::uint64_t RaftLog::hash(Index index) const {
  CHECK(index.value() <= slots_.size(), "only entries of the log have a hash");
  return index == Index{0} ? kEmptyLogHash : slot(index).hash;
}

Index RaftLog::first_of_term_at(Index index) const {
  const Term sought = at(index).term;
  const auto first =
      std::partition_point(slots_.begin(), slots_.begin() + static_cast<long>(index.value()),
                           [sought](const Slot& s) { return s.entry.term < sought; });
  return first->entry.index;
}

Index RaftLog::last_with_term_at_most(Term term, Index limit) const {
  const auto end = std::min<std::uint64_t>(limit.value(), slots_.size());
  const auto behind = std::partition_point(slots_.begin(), slots_.begin() + static_cast<long>(end),
                                           [term](const Slot& s) { return s.entry.term <= term; });
  return Index{static_cast<std::uint64_t>(behind - slots_.begin())};
}

void RaftLog::append(Entry entry) {
  const EntryId end = last();
  CHECK(entry.index == end.index.next(), "the log has no gaps");
  CHECK(entry.term >= end.term, "terms never fall along a log (paper 5.3)");
  CHECK(entry.payload != nullptr, "every entry carries a payload, if only an empty one");
  const std::uint64_t hash = chain_hash(this->hash(end.index), entry);
  slots_.push_back({std::move(entry), hash});
}

void RaftLog::truncate_from(Index from) {
  CHECK(from >= Index{1} && from <= last().index, "only entries of the log are cut");
  slots_.resize(from.value() - 1);
  const Index kept = from.previous();
  stable_ = std::min(stable_, kept);
  taken_ = std::min(taken_, kept);
  for (Batch& batch : on_the_way_) batch.last = std::min(batch.last, kept);
}

std::vector<Entry> RaftLog::slice(Index first, std::size_t entries_max,
                                  std::size_t bytes_max) const {
  std::vector<Entry> entries;
  std::size_t bytes = 0;
  const auto end = std::min<std::uint64_t>(slots_.size(), first.value() - 1 + entries_max);
  if (end >= first.value()) entries.reserve(end - first.value() + 1);
  for (std::uint64_t i = first.value(); i <= end; ++i) {
    const Entry& entry = slots_[i - 1].entry;
    bytes += entry.payload->size();
    if (bytes > bytes_max && !entries.empty()) break;
    entries.push_back(entry);
  }
  return entries;
}

std::vector<Entry> RaftLog::between(Index after, Index up_to) const {
  CHECK(after <= up_to && up_to <= last().index, "only entries of the log are handed out");
  std::vector<Entry> entries;
  entries.reserve(up_to - after);
  for (Index i = after.next(); i <= up_to; ++i) entries.push_back(slot(i).entry);
  return entries;
}

std::vector<Entry> RaftLog::take_unstable(SyncToken token) {
  std::vector<Entry> entries = between(taken_, last().index);
  taken_ = last().index;
  on_the_way_.push_back({token, taken_});
  return entries;
}

void RaftLog::synced(SyncToken token) {
  while (!on_the_way_.empty() && on_the_way_.front().token <= token) {
    stable_ = std::max(stable_, on_the_way_.front().last);
    on_the_way_.pop_front();
  }
  CHECK(stable_ <= taken_, "only what was handed to the disk can be on disk");
}

}  // namespace capsize::raft
