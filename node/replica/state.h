// The replicated state of a node as one piece: what a snapshot holds. The store and the sessions
// travel together; a snapshot without the sessions would let a retry apply twice (curvine 676).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "node/kv/sessions.h"
#include "node/kv/store.h"
#include "node/raft/snapshot.h"

namespace capsize::replica {

// The sum of what both may weigh fits into a snapshot, whatever clients write: raft/compaction.cpp
// relies on it.
static_assert(8 + kv::kStoreOverheadBytes + kv::kStoreBytesMax + kv::kSessionsBytesMax <=
              raft::kSnapshotBytesMax);

struct State {
  kv::Store store;
  kv::Sessions sessions;
};

/// The state at one moment, to be encoded by another thread while the store goes on. (Of the
/// sessions there are few: they are encoded at once.)
class FrozenState {
 public:
  FrozenState(kv::Store& store, const kv::Sessions& sessions)
      : store_(store.freeze()), sessions_(sessions.encode()) {}
  /// Length of the store's bytes (64 bits), the store, the sessions; each has a version of its own,
  /// and the store a checksum. Equal states give equal bytes.
  [[nodiscard]] std::string encode() const;

 private:
  kv::FrozenStore store_;
  std::string sessions_;
};

/// Nothing unless `bytes` are what FrozenState::encode makes.
[[nodiscard]] std::optional<State> decode_state(std::string_view bytes,
                                                std::uint64_t store_bytes_max = kv::kStoreBytesMax);

}  // namespace capsize::replica
