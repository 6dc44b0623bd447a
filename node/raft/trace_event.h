// One transition of a node, as `trace.jsonl` shows it (node/PROTOCOL.md, trace). The core emits
// them; time, node and incarnation are added by whoever writes them down.
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
  kConfiguration,  // in force from now on: the entry was appended
  kTransfer,
};
[[nodiscard]] std::string_view name(TraceKind kind);

struct TraceEvent {
  TraceKind kind = TraceKind::kStart;
  Term term;  // the node's current term
  Role role = Role::kFollower;
  NodeId node = kNobody;  // kVote, kTransfer: whom
  Index first;            // kAppend, kApply: first index of the range
  EntryId entry;  // log events: last entry of the range; kRole, kStart: last entry of the log
  std::uint64_t hash = 0;  // chained over all entries up to `entry` (raft_log.h)
};

}  // namespace capsize::raft
