// Which forwarded requests this node has seen, so that a copy made by the network is never carried
// out, and never refused after its original was carried out: a definite failure for something that
// happened is the worst answer there is (redisraft issue 23).
//
// Bounded: per origin the latest ids are kept, and everything older counts as seen. A request that
// is later than so many of its successors gets no answer at all; its origin says `timeout`.
//
// The memory dies with the process. What an earlier life may have seen is told apart by its term,
// see Replica::Impl::on_forward.
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
  /// True exactly once for each request. A new incarnation of the origin begins afresh; an older
  /// one than the latest is history, and counts as seen.
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
