// The forwarded requests that this node has seen, so that a duplicate made by the network is never
// executed, and never refused after its original was executed: a definite failure for an operation
// that took effect is the worst possible reply (redisraft issue 23).
//
// Bounded: the latest ids per origin are stored, and all older ones count as seen. A request that
// was overtaken by that many later ones gets no reply; its origin answers `timeout`.
//
// The memory is lost with the process. Requests that an earlier incarnation may have seen are
// recognised by their term, see Replica::Impl::on_forward.
#pragma once

#include <cstdint>
#include <deque>
#include <map>

#include "node/raft/types.h"

namespace capsize::replica {

inline constexpr std::size_t kForwardsRememberedMax = 65536;

class ForwardMemory {
 public:
  explicit ForwardMemory(std::size_t remembered_max = kForwardsRememberedMax)
      : remembered_max_(remembered_max) {}
  /// True exactly once for each request. A new incarnation of the origin resets its memory;
  /// requests of an older incarnation count as seen.
  bool is_first(raft::NodeId origin, std::uint64_t incarnation, std::uint64_t id);

 private:
  struct Seen {
    std::uint64_t incarnation = 0;
    std::uint64_t floor = 0;        // everything up to here counts as seen
    std::deque<std::uint64_t> ids;  // above the floor, ascending
  };
  std::size_t remembered_max_;
  std::map<raft::NodeId, Seen> origins_;
};

}  // namespace capsize::replica
