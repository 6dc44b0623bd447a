#include "node/raft/trace_buffer.h"

#include "base/check.h"

namespace capsize::raft {

std::string_view name(TraceKind kind) {
  switch (kind) {
    case TraceKind::kStart:
      return "start";
    case TraceKind::kTerm:
      return "term";
    case TraceKind::kVote:
      return "vote";
    case TraceKind::kRole:
      return "role";
    case TraceKind::kAppend:
      return "append";
    case TraceKind::kTruncate:
      return "truncate";
    case TraceKind::kCommit:
      return "commit";
    case TraceKind::kApply:
      return "apply";
    case TraceKind::kSnapshotBegin:
      return "snapshot-begin";
    case TraceKind::kSnapshot:
      return "snapshot";
    case TraceKind::kInstall:
      return "install";
    case TraceKind::kConfiguration:
      return "config";
    case TraceKind::kTransfer:
      return "transfer";
  }
  return "unknown";
}

std::string_view name(Role role) {
  switch (role) {
    case Role::kFollower:
      return "follower";
    case Role::kPreCandidate:
      return "precandidate";
    case Role::kCandidate:
      return "candidate";
    case Role::kLeader:
      return "leader";
  }
  return "unknown";
}

void TraceBuffer::add(TraceKind kind, Term term, Role role, const RaftLog& log, Index upto) {
  TraceEvent event;
  event.kind = kind;
  event.term = term;
  event.role = role;
  event.entry = {log.term(upto).value_or(Term{0}), upto};
  event.hash = log.hash(upto);
  events_.push_back(event);
}

void TraceBuffer::vote(Term term, Role role, NodeId candidate) {
  add_about_node(TraceKind::kVote, term, role, candidate);
}

void TraceBuffer::transfer(Term term, Role role, NodeId target) {
  add_about_node(TraceKind::kTransfer, term, role, target);
}

void TraceBuffer::add_about_node(TraceKind kind, Term term, Role role, NodeId node) {
  TraceEvent event;
  event.kind = kind;
  event.term = term;
  event.role = role;
  event.node = node;
  events_.push_back(event);
}

bool TraceBuffer::extends_last(TraceKind kind, Term term, Role role, const RaftLog& log,
                               Index first) const {
  if (events_.empty()) return false;
  const TraceEvent& last = events_.back();
  if (last.kind != kind || last.term != term || last.role != role) return false;
  if (last.entry.index.next() != first) return false;
  // A line names one entry-term, so a run of appends ends where the term changes.
  return kind == TraceKind::kApply || log.at(first).term == last.entry.term;
}

void TraceBuffer::range(TraceKind kind, Term term, Role role, const RaftLog& log, Index first,
                        Index last) {
  CHECK(first <= last, "a range of entries is not empty");
  if (!extends_last(kind, term, role, log, first)) {
    add(kind, term, role, log, last);
    events_.back().first = first;
    return;
  }
  events_.back().entry = log.at(last).id();
  events_.back().hash = log.hash(last);
}

}  // namespace capsize::raft
