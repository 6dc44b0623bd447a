// The replicated state of a node as one piece: what a snapshot holds. The store and the sessions
// travel together; a snapshot without the sessions would let a retry apply twice (curvine 676).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "node/kv/sessions.h"
#include "node/kv/store.h"

namespace capsize::replica {

struct State {
  kv::Store store;
  kv::Sessions sessions;
};

/// Length of the store's bytes (64 bits), the store, the sessions; each has a version of its own,
/// and the store a checksum. Equal states give equal bytes.
[[nodiscard]] std::string encode_state(const kv::Store& store, const kv::Sessions& sessions);
/// Nothing unless `bytes` are what encode_state makes.
[[nodiscard]] std::optional<State> decode_state(std::string_view bytes);

}  // namespace capsize::replica
