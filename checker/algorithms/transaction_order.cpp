#include "checker/algorithms/transaction_order.h"

#include <algorithm>
#include <set>
#include <utility>

namespace capsize::checker {
namespace {

using Node = PrecedenceGraph::Node;

class Placement {
 public:
  Placement(const TransactionVersions& versions, const PrecedenceGraph& graph)
      : versions_(versions),
        graph_(graph),
        in_force_(versions.initial()),
        chains_(graph.chains()),
        placed_(graph.chains(), 0) {
    for (Node node = 0; node < versions.operations().size(); ++node) {
      if (versions.live()[node]) chains_[graph.chain(node)].push_back(node);
    }
    for (const auto& version : versions.versions()) unread_.push_back(version.readers.size());
    for (std::uint32_t chain = 0; chain < chains_.size(); ++chain) offer(chain);
  }

  std::optional<std::vector<Node>> run() {
    std::vector<Node> order;
    while (!offers_.empty()) {
      const auto next = std::find_if(offers_.begin(), offers_.end(), [this](const auto& offered) {
        return is_possible(offered.second);
      });
      if (next == offers_.end()) return std::nullopt;
      const Node node = next->second;
      offers_.erase(next);
      place(node);
      order.push_back(node);
    }
    return order;
  }

 private:
  // The next operation of a chain; the others of it come behind it in any case.
  void offer(std::uint32_t chain) {
    if (placed_[chain] == chains_[chain].size()) return;
    const Node node = chains_[chain][placed_[chain]];
    offers_.emplace(deadline(node), node);
  }

  Position deadline(Node node) const {
    Position earliest = versions_.operations()[node].complete;
    for (const auto& write : versions_.of(node).writes) {
      for (const Node reader : versions_.versions()[write.version].readers) {
        earliest = std::min(earliest, versions_.operations()[reader].complete);
      }
    }
    return earliest;
  }

  bool is_possible(Node node) const {
    const auto before = graph_.before(node);
    for (std::size_t chain = 0; chain < placed_.size(); ++chain) {
      if (before[chain] > placed_[chain]) return false;
    }
    const auto& accesses = versions_.of(node);
    const auto reads = [&](std::uint32_t key) {
      return std::any_of(accesses.reads.begin(), accesses.reads.end(),
                         [&](const auto& read) { return read.key == key; });
    };
    return std::all_of(accesses.reads.begin(), accesses.reads.end(),
                       [&](const auto& read) { return in_force_[read.key] == read.version; }) &&
           std::all_of(accesses.writes.begin(), accesses.writes.end(), [&](const auto& write) {
             return unread_[in_force_[write.key]] == (reads(write.key) ? 1U : 0U);
           });
  }

  void place(Node node) {
    for (const auto& read : versions_.of(node).reads) --unread_[read.version];
    for (const auto& write : versions_.of(node).writes) in_force_[write.key] = write.version;
    const std::uint32_t chain = graph_.chain(node);
    ++placed_[chain];
    offer(chain);
  }

  const TransactionVersions& versions_;
  const PrecedenceGraph& graph_;
  std::vector<std::uint32_t> in_force_;         // version, by key
  std::vector<std::size_t> unread_;             // readers to come, by version
  std::vector<std::vector<Node>> chains_;       // live operations
  std::vector<std::uint32_t> placed_;           // how many, by chain
  std::set<std::pair<Position, Node>> offers_;  // by deadline
};

}  // namespace

std::optional<std::vector<std::uint32_t>> find_transaction_order(
    const TransactionVersions& versions, const PrecedenceGraph& graph) {
  return Placement(versions, graph).run();
}

}  // namespace capsize::checker
