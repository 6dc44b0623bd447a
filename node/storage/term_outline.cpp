#include "node/storage/term_outline.h"

#include <algorithm>

#include "base/check.h"

namespace capsize::storage {
namespace {

bool before(raft::Index index, const raft::EntryId& begin) {
  return index < begin.index;
}

}  // namespace

std::optional<raft::Term> TermOutline::term(raft::Index index) const {
  if (index < begins_.front().index || index > last_.index) return std::nullopt;
  return std::prev(std::upper_bound(begins_.begin(), begins_.end(), index, before))->term;
}

void TermOutline::append(raft::EntryId entry) {
  CHECK(entry.index > begins_.front().index && entry.index <= last_.index.next(),
        "a log on disk has no gaps");
  while (begins_.size() > 1 && begins_.back().index >= entry.index) begins_.pop_back();
  if (begins_.back().term != entry.term) begins_.push_back(entry);
  last_ = entry;
}

void TermOutline::install(raft::EntryId end) {
  if (term(end.index) != end.term) {
    *this = TermOutline(end);
    return;
  }
  const auto next = std::upper_bound(begins_.begin(), begins_.end(), end.index, before);
  begins_.erase(begins_.begin(), next);
  begins_.insert(begins_.begin(), end);
}

}  // namespace capsize::storage
