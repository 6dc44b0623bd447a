// A snapshot: the state machine's content in place of the log up to an entry (paper section 7).
//
// The core sees the content as opaque bytes. What it knows is the entry the snapshot ends with:
// its index and term, which the consistency check of AppendEntries and the comparison of logs in
// elections go on needing when the entry itself is gone (logcabin e333046 lost the term, and its
// leader was never up to date again), and the chain hash, so that traces stay comparable.
#pragma once

#include <cstdint>

#include "node/raft/chain_hash.h"
#include "node/raft/configuration.h"
#include "node/raft/types.h"

namespace capsize::raft {

/// A position in a log and what the log is up to it.
struct LogPoint {
  EntryId id;
  std::uint64_t hash = kEmptyLogHash;
  friend bool operator==(const LogPoint&, const LogPoint&) = default;
};

/// On every disk and on the way between nodes: a content beyond this is refused.
inline constexpr std::uint64_t kSnapshotBytesMax = std::uint64_t{1} << 30;

struct Snapshot {
  LogPoint last;                  // the last entry that the content includes
  Bytes state;                    // null: no snapshot
  Configuration configuration{};  // in force at `last`: its entry may be gone with the log
  explicit operator bool() const { return state != nullptr; }
};

}  // namespace capsize::raft
