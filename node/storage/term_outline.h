// Where each term of a log begins: enough to say what a snapshot leaves of the log, without the
// entries. As small as the number of elections.
#pragma once

#include <optional>
#include <vector>

#include "node/raft/types.h"

namespace capsize::storage {

class TermOutline {
 public:
  /// An empty log behind `base`.
  explicit TermOutline(raft::EntryId base = {}) : begins_{base}, last_(base) {}

  /// The last entry, or the base.
  [[nodiscard]] raft::EntryId last() const { return last_; }
  /// Nothing before the base and behind the end.
  [[nodiscard]] std::optional<raft::Term> term(raft::Index index) const;

  /// One at or below the last supersedes the log from there on.
  /// Precondition: base < entry.index <= last().index + 1.
  void append(raft::EntryId entry);
  /// A snapshot up to `end` takes the place of the log up to there. What follows stays if the log
  /// has that very entry, for then it has the same history; otherwise all of it goes.
  void install(raft::EntryId end);

 private:
  std::vector<raft::EntryId> begins_;  // the base, then the first entry of each further term
  raft::EntryId last_;
};

}  // namespace capsize::storage
