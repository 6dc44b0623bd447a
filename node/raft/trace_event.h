// One state transition of a node, a line of `trace.jsonl` (node/PROTOCOL.md, Trace). The core emits
// the event; the trace writer adds time, node and incarnation.
#pragma once

#include <cstdint>

#include "node/raft/types.h"

namespace capsize::raft {

enum class TraceKind : std::uint8_t {
  kStart,
  kTerm,
  kVote,
  kRole,
  kAppend,
  kTruncate,
  kCommit,
  kApply,
  kSnapshotBegin,
  kSnapshot,
  kInstall,
  kConfiguration,  // the entry was appended, and the configuration is active from now on
  kTransfer,
};
[[nodiscard]] std::string_view name(TraceKind kind);

struct TraceEvent {
  TraceKind kind = TraceKind::kStart;
  Term term;  // the node's current term
  Role role = Role::kFollower;
  NodeId node = kNoNode;  // kVote: the candidate; kTransfer: the target
  Index first;            // kAppend, kApply: first index of the range
  EntryId entry;  // log events: last entry of the range; kRole, kStart: last entry of the log
  std::uint64_t hash = 0;  // chained over all entries up to `entry` (raft_log.h)
};

}  // namespace capsize::raft
