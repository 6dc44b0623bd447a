// Gathers the trace of a node between two Readys. Neighbouring appends and applies become one line,
// so that the trace costs one event a batch and not one an entry.
#pragma once

#include <utility>
#include <vector>

#include "node/raft/raft_log.h"
#include "node/raft/trace_event.h"

namespace capsize::raft {

class TraceBuffer {
 public:
  /// An event about the log up to `upto`.
  void add(TraceKind kind, Term term, Role role, const RaftLog& log, Index upto);
  void vote(Term term, Role role, NodeId whom);
  void transfer(Term term, Role role, NodeId whom);
  /// kAppend: entries of one term a line (PROTOCOL.md); kApply: any.
  void range(TraceKind kind, Term term, Role role, const RaftLog& log, Index first, Index last);
  [[nodiscard]] std::vector<TraceEvent> take() { return std::exchange(events_, {}); }

 private:
  void about(TraceKind kind, Term term, Role role, NodeId whom);
  [[nodiscard]] bool extends_last(TraceKind kind, Term term, Role role, const RaftLog& log,
                                  Index first) const;

  std::vector<TraceEvent> events_;
};

}  // namespace capsize::raft
