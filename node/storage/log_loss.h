// How an operator recovers from damage: the log is cut where it is damaged, and the loss is
// recorded (LogOptions::accept_lost).
//
//   step                                               after a crash right after this step
//   -------------------------------------------------  -------------------------------------------
//   1. `loss-N` describes what may be missing          nothing has changed yet
//   2. the sync mark records that entries were lost    the log is still refused: start again
//   3. the bytes to be cut are saved, the log is cut   the log ends below its mark, or in an older
//                                                      term than the mark's: start again
//   4. a hard state is appended: the highest known     as after step 3
//      term, with a vote for this node itself, so
//      that it cannot repeat a vote it has forgotten
//   5. the sync mark records the new end of the log    done
//
// The loss is bounded from above by the sync mark and by the records that can still be read after
// the damage. The bound misses a vote in a later term if only the damaged record names that term.
// That takes a power loss as well: after a process crash alone the mark has the term.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "node/raft/types.h"
#include "node/storage/file_system.h"
#include "node/storage/log_errors.h"

namespace capsize::storage {

/// Returns a description of the loss. CorruptLog if no cut helps: without a valid sync mark nothing
/// bounds the loss, and a bad snapshot or a log without a valid first segment cannot be repaired.
[[nodiscard]] std::variant<std::string, CorruptLog, IoFailure> cut_damaged_log(
    FileSystem& files, const std::string& directory, const CorruptLog& damage, raft::NodeId self);

/// Writes `bytes` to `PREFIX-1`, or to the next number whose file does not hold other bytes, so
/// that a second damage never overwrites the evidence of the first. Returns the path.
[[nodiscard]] base::Result<std::string> keep_aside(FileSystem& files, const std::string& directory,
                                                   const std::string& prefix,
                                                   std::string_view bytes);

}  // namespace capsize::storage
