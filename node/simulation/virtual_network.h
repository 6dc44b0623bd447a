// A simulated network that loses, duplicates, delays and therefore reorders messages, and whose
// links can be cut in each direction separately.
#pragma once

#include <set>
#include <utility>
#include <vector>

#include "base/prng.h"
#include "base/time.h"
#include "node/raft/types.h"

namespace capsize::simulation {

struct NetworkOptions {
  double loss = 0;
  double duplication = 0;
  base::Duration delay_min = std::chrono::microseconds(100);
  base::Duration delay_max = std::chrono::milliseconds(1);
  double straggler = 0;  // share of messages with a delay of up to straggler_max
  base::Duration straggler_max = std::chrono::milliseconds(400);
};

class VirtualNetwork {
 public:
  VirtualNetwork(base::Prng random, NetworkOptions options)
      : random_(std::move(random)), options_(options) {}

  /// The delays of the copies of one message: none if it is lost, two if it is duplicated.
  [[nodiscard]] std::vector<base::Duration> transmit(raft::NodeId from, raft::NodeId to) {
    std::vector<base::Duration> arrivals;
    if (is_cut(from, to) || random_.chance(options_.loss)) return arrivals;
    arrivals.push_back(delay());
    if (random_.chance(options_.duplication)) arrivals.push_back(delay());
    return arrivals;
  }
  /// The caller also discards messages that arrive while their link is cut.
  [[nodiscard]] bool is_cut(raft::NodeId from, raft::NodeId to) const {
    return cuts_.contains({from, to});
  }
  void cut(raft::NodeId from, raft::NodeId to) { cuts_.insert({from, to}); }
  void cut_both(raft::NodeId a, raft::NodeId b) {
    cut(a, b);
    cut(b, a);
  }
  void heal_cuts() { cuts_.clear(); }
  void set_options(NetworkOptions options) { options_ = options; }

 private:
  base::Duration delay() {
    const bool straggles = random_.chance(options_.straggler);
    return random_.between(options_.delay_min,
                           straggles ? options_.straggler_max : options_.delay_max);
  }

  base::Prng random_;
  NetworkOptions options_;
  std::set<std::pair<raft::NodeId, raft::NodeId>> cuts_;
};

}  // namespace capsize::simulation
