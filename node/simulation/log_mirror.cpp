#include "node/simulation/log_mirror.h"

#include "node/base/check.h"
#include "node/raft/chain_hash.h"

namespace capsize::simulation {

void LogMirror::write(const std::vector<raft::Entry>& entries) {
  for (const raft::Entry& entry : entries) {
    CHECK(entry.index <= last().index.next() && entry.index >= raft::Index{1},
          "a disk is handed entries without gaps");
    slots_.resize(entry.index.value() - 1);
    slots_.push_back({entry.term, raft::chain_hash(hash(last().index), entry)});
  }
}

raft::EntryId LogMirror::last() const {
  if (slots_.empty()) return {};
  return {slots_.back().term, raft::Index{slots_.size()}};
}

std::uint64_t LogMirror::hash(raft::Index index) const {
  if (index == raft::Index{0}) return raft::kEmptyLogHash;
  CHECK(index <= last().index, "only entries of the log have a hash");
  return slots_[index.value() - 1].hash;
}

raft::Term LogMirror::term(raft::Index index) const {
  if (index == raft::Index{0}) return raft::Term{0};
  CHECK(index <= last().index, "only entries of the log have a term");
  return slots_[index.value() - 1].term;
}

}  // namespace capsize::simulation
