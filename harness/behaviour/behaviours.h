// The behaviours of a run: which chains of three messages occurred, each of which may have caused
// the next, under which faults (nemesis/proxy/causal_chains.h). They say what a run did, without
// nodes, terms and times, so that two runs can be compared: the second has shown something new if
// it has a behaviour that the first has not.
#pragma once

#include <cstdint>
#include <map>

#include "base/json.h"
#include "base/result.h"

namespace capsize::harness {

/// A hash of a chain and of the kinds of faults that were active.
using Behaviour = std::uint64_t;

struct Behaviours {
  std::map<Behaviour, std::uint64_t> times;  // how often each occurred
  std::uint64_t uncounted = 0;               // occurrences beyond the proxy's bound
};

/// From the proxy's reply to `chains`. Error: it is not one.
[[nodiscard]] base::Result<Behaviours> parse_behaviours(const base::Json& reply);

/// What a run adds to the runs of its store.
struct BehaviourNews {
  std::uint64_t seen = 0;         // different behaviours of this run
  std::uint64_t fresh = 0;        // of these, what no earlier run of the store has shown
  std::uint64_t runs_before = 0;  // of the store
};

}  // namespace capsize::harness
