// Appends trace events to `trace.jsonl` (node/PROTOCOL.md, Trace).
//
// One write(2) for all events of a round, before anything that depends on them leaves the process:
// a SIGKILL then leaves at most one torn line, at the end. The file is never synced: it must
// survive a process crash, not a power loss. A failed write ends the node (exit 71), because a
// checker would take the missing events for violations.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "node/raft/trace_event.h"
#include "node/storage/descriptor.h"

namespace capsize::app {

class TraceWriter {
 public:
  /// With an empty path nothing is written. Ends a torn last line of an earlier incarnation with a
  /// newline.
  [[nodiscard]] static base::Result<TraceWriter> open(const std::string& path, raft::NodeId node,
                                                      std::uint64_t incarnation);
  /// `true_time`: of the true clock.
  [[nodiscard]] base::Status write(std::span<const raft::TraceEvent> events,
                                   base::Instant true_time);

 private:
  TraceWriter(storage::Descriptor file, raft::NodeId node, std::uint64_t incarnation);
  storage::Descriptor file_;
  std::string common_;  // the fields that are equal in all lines of this incarnation
  fmt::memory_buffer buffer_;
};

}  // namespace capsize::app
