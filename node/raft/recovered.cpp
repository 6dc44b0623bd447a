#include "node/raft/recovered.h"

#include <utility>

#include "base/check.h"

namespace capsize::raft {

void Recovered::write(const Entry& entry) {
  CHECK(entry.index >= first() && entry.index <= last().next(), "a disk's log has no gaps");
  entries.resize(entry.index - first());
  entries.push_back(entry);
}

void Recovered::install(Snapshot given) {
  const EntryId end = given.last.id;
  CHECK(end.index >= snapshot.last.id.index, "a snapshot never goes back");
  // The same decision as in TermOutline::install and RaftLog::install (Figure 13, steps 6 and 7).
  const std::size_t covered = end.index - snapshot.last.id.index;
  const bool matches =
      covered == 0 || (covered <= entries.size() && entries[covered - 1].term == end.term);
  const std::size_t dropped = matches ? covered : entries.size();
  entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(dropped));
  snapshot = std::move(given);
}

}  // namespace capsize::raft
