// The operator's way out of damage: a log is cut where it is damaged, and what was lost is written
// down (LogOptions::accept_lost).
//
// What happens, and what a crash in between leaves:
//   1. `loss-N` says in words what may be missing      nothing has changed yet
//   2. the mark says that something was lost           the log is still refused: do it again
//   3. what is cut is kept aside, the log is cut       the log ends below its mark, or in an older
//                                                      term than the mark's: do it again
//   4. a hard state: the highest term known, and the   the same
//      node's vote in it, given to itself, so that it
//      gives none there again that it has forgotten
//   5. the mark says where the log ends now            done
//
// How much may be missing is the most that the mark and the records say that can still be
// recognised after the damage. That misses a vote in a later term if only the damaged record names
// it, which takes a power loss, too: after the death of the process alone the mark has the term.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "node/raft/types.h"
#include "node/storage/file_system.h"
#include "node/storage/log_errors.h"

namespace capsize::storage {

/// Returns what was lost, in words. CorruptLog where no cut helps: no valid mark, so nothing bounds
/// the loss; a bad snapshot, or a log without a valid beginning.
[[nodiscard]] std::variant<std::string, CorruptLog, IoFailure> cut_damaged_log(
    FileSystem& files, const std::string& directory, const CorruptLog& damage, raft::NodeId self);

/// Writes `bytes` to `PREFIX-1`, or the next number that is not taken by other bytes, so that a
/// second crash in recovery never replaces the evidence of the first. Returns the path.
[[nodiscard]] base::Result<std::string> keep_aside(FileSystem& files, const std::string& directory,
                                                   const std::string& prefix,
                                                   std::string_view bytes);

}  // namespace capsize::storage
