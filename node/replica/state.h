// The whole replicated state of a node, as a snapshot holds it: store and sessions together. After
// a snapshot without the sessions a retry would be executed twice (curvine 676).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "node/kv/sessions.h"
#include "node/kv/store.h"
#include "node/raft/snapshot.h"

namespace capsize::replica {

// Both parts together always fit into a snapshot, whatever clients write. raft/compaction.cpp
// relies on it.
static_assert(8 + kv::kStoreOverheadBytes + kv::kStoreBytesMax + kv::kSessionsBytesMax <=
              raft::kSnapshotBytesMax);

struct State {
  kv::Store store;
  kv::Sessions sessions;
};

/// The state at one moment, for encoding in another thread while the store continues to change. The
/// sessions are few and are encoded at once.
class FrozenState {
 public:
  FrozenState(kv::Store& store, const kv::Sessions& sessions)
      : store_(store.freeze()), sessions_(sessions.encode()) {}
  /// The length of the store's bytes (64 bits), the store, the sessions. Each has its own version,
  /// and the store has a checksum. Equal states have equal bytes.
  [[nodiscard]] std::string encode() const;

 private:
  kv::FrozenStore store_;
  std::string sessions_;
};

/// nullopt unless `bytes` are exactly what FrozenState::encode produces.
[[nodiscard]] std::optional<State> decode_state(std::string_view bytes,
                                                std::uint64_t store_bytes_max = kv::kStoreBytesMax);

}  // namespace capsize::replica
