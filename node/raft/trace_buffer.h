// Collects a node's trace events between two Readys. Merges adjacent appends and applies, so that
// the trace costs one event per batch instead of one per entry.
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
  void vote(Term term, Role role, NodeId candidate);
  void transfer(Term term, Role role, NodeId target);
  /// kAppend: merges only entries of one term (node/PROTOCOL.md, Trace); kApply: any entries.
  void range(TraceKind kind, Term term, Role role, const RaftLog& log, Index first, Index last);
  [[nodiscard]] std::vector<TraceEvent> take() { return std::exchange(events_, {}); }

 private:
  void add_about_node(TraceKind kind, Term term, Role role, NodeId node);
  [[nodiscard]] bool extends_last(TraceKind kind, Term term, Role role, const RaftLog& log,
                                  Index first) const;

  std::vector<TraceEvent> events_;
};

}  // namespace capsize::raft
