// Following a history that is still being written: registers with different values, decided event
// by event in memory that depends on what is open and not on how long the history is
// (streamed_register.h).
//
// It ends at the first violation of the prefix that has been completed, which then needs no waiting
// for the rest; at the end of the source; or when it is told to stop. What is open at the end is
// indeterminate, as in any history.
//
// How it fails: a malformed line, an event that no process can do, an index that goes back (there
// is no reordering here) or a function that is not a register's is a usage error. A value that is
// written again while the first one may still be read makes the verdict unknown.
#pragma once

#include <optional>
#include <string>

#include "checker/history/line_reader.h"
#include "checker/history/read_options.h"
#include "checker/report/report.h"

namespace capsize::checker {

struct FollowOptions {
  ReadOptions reading = {};
  std::optional<std::string> initial_json = {};  ///< else the header line's, else null
  /// What may be remembered, roughly; beyond it the verdict is unknown.
  std::uint64_t memory_limit_bytes = std::uint64_t{4} << 30;
};

/// The verdict on everything that came before the source ended.
[[nodiscard]] Report follow(LineReader& lines, const std::string& file,
                            const FollowOptions& options);

}  // namespace capsize::checker
