#include "node/simulation/log_mirror.h"

#include "base/check.h"
#include "node/raft/chain_hash.h"

namespace capsize::simulation {

void LogMirror::write(const std::vector<raft::Entry>& entries) {
  for (const raft::Entry& entry : entries) {
    CHECK(entry.index <= last().index.next() && entry.index > base_.id.index,
          "entries are written without gaps");
    slots_.resize(entry.index - base_.id.index.next());
    slots_.push_back({entry.term, raft::chain_hash(hash(last().index), entry)});
  }
}

void LogMirror::install(const raft::LogPoint& end) {
  CHECK(end.id.index >= base_.id.index, "a snapshot never goes back");
  if (end.id.index <= last().index && term(end.id.index) == end.id.term) {
    slots_.erase(slots_.begin(),
                 slots_.begin() + static_cast<std::ptrdiff_t>(end.id.index - base_.id.index));
  } else {
    slots_.clear();
  }
  base_ = end;
}

raft::EntryId LogMirror::last() const {
  if (slots_.empty()) return base_.id;
  return {slots_.back().term, base_.id.index + slots_.size()};
}

std::uint64_t LogMirror::hash(raft::Index index) const {
  if (index == base_.id.index) return base_.hash;
  CHECK(index > base_.id.index && index <= last().index, "only entries of the log have a hash");
  return slots_[index - base_.id.index.next()].hash;
}

raft::Term LogMirror::term(raft::Index index) const {
  if (index == base_.id.index) return base_.id.term;
  CHECK(index > base_.id.index && index <= last().index, "only entries of the log have a term");
  return slots_[index - base_.id.index.next()].term;
}

}  // namespace capsize::simulation
