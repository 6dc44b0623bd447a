// A snapshot: the state machine's content, which replaces the log up to an entry (paper section 7).
//
// The content is opaque to the core. The core knows the snapshot's last entry: its index and term,
// which the consistency check of AppendEntries and the comparison of logs in elections still need
// when the entry itself is gone (logcabin e333046 lost the term, and its leader never counted as up
// to date again), and the chain hash, so that traces stay comparable.
#pragma once

#include <cstdint>

#include "node/raft/chain_hash.h"
#include "node/raft/configuration.h"
#include "node/raft/types.h"

namespace capsize::raft {

/// A position in a log, and the hash of the log up to it.
struct LogPoint {
  EntryId id;
  std::uint64_t hash = kEmptyLogHash;
  friend bool operator==(const LogPoint&, const LogPoint&) = default;
};

/// A larger content is refused, on disk and from peers.
inline constexpr std::uint64_t kSnapshotBytesMax = std::uint64_t{1} << 30;

struct Snapshot {
  LogPoint last;                  // the last entry that the content includes
  Bytes state;                    // null: no snapshot
  Configuration configuration{};  // active at `last`; its entry may have been compacted
  explicit operator bool() const { return state != nullptr; }
};

}  // namespace capsize::raft
