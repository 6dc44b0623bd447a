#include "checker/transactions/distinct_transactions.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "checker/order/precedence_graph.h"
#include "checker/transactions/transaction_versions.h"

namespace capsize::checker {
namespace {

using Node = PrecedenceGraph::Node;
using Version = TransactionVersions::Version;

// Places transactions one after the other, without ever going back.
//
// The next transaction has all its predecessors placed, reads the current values, and
// overwrites nothing which some transaction has yet to read; among several, the one with the
// earliest completion of itself or of a transaction that reads from it. For single registers with
// different values that is the order of zones (distinct_register.h), and never fails where there is
// a legal order; for transactions it may.
class Placement {
 public:
  Placement(const TransactionVersions& versions, const PrecedenceGraph& graph)
      : versions_(versions),
        graph_(graph),
        current_(versions.initial()),
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
  // Offers the next operation of a chain; the later ones of the chain come after it in any case.
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

  // Three conditions: all predecessors are placed, every read returns the current version, and no
  // version that it overwrites still has a reader to come (apart from the transaction itself).
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
                       [&](const auto& read) { return current_[read.key] == read.version; }) &&
           std::all_of(accesses.writes.begin(), accesses.writes.end(), [&](const auto& write) {
             return unread_[current_[write.key]] == (reads(write.key) ? 1U : 0U);
           });
  }

  void place(Node node) {
    for (const auto& read : versions_.of(node).reads) --unread_[read.version];
    for (const auto& write : versions_.of(node).writes) current_[write.key] = write.version;
    const std::uint32_t chain = graph_.chain(node);
    ++placed_[chain];
    offer(chain);
  }

  const TransactionVersions& versions_;
  const PrecedenceGraph& graph_;
  std::vector<std::uint32_t> current_;          // version, by key
  std::vector<std::size_t> unread_;             // readers to come, by version
  std::vector<std::vector<Node>> chains_;       // live operations
  std::vector<std::uint32_t> placed_;           // how many, by chain
  std::set<std::pair<Position, Node>> offers_;  // by deadline
};

// A legal order of the live operations, by their places. Nothing: none was found, though there may
// be one. Precondition: the graph is closed and has no cycle.
std::optional<std::vector<std::uint32_t>> find_transaction_order(
    const TransactionVersions& versions, const PrecedenceGraph& graph) {
  return Placement(versions, graph).run();
}

constexpr std::size_t kClockEntriesMax = std::size_t{1} << 25;
constexpr int kRoundsMax = 64;

// The writers of one key, by chain and in the order of the chain. Of the writers that reach an
// operation, the last one on each chain implies the others; of those that it reaches, the first one
// does. So a rule is applied once per chain, not once per writer.
using WritersByChain = std::map<std::uint32_t, std::vector<Node>>;

class Derivation {
 public:
  Derivation(const TransactionVersions& versions, PrecedenceGraph& graph)
      : versions_(versions), graph_(graph), writers_(versions.keys()) {
    for (Node node = 0; node < versions.operations().size(); ++node) {
      if (!versions.live()[node]) continue;
      for (const auto& write : versions.of(node).writes) {
        writers_[write.key][graph.chain(node)].push_back(node);
      }
    }
    for (const Version& version : versions.versions()) {
      if (version.writer == TransactionVersions::kNone) continue;
      for (const Node reader : version.readers) add(version.writer, reader);
    }
  }

  /// Applies both rules to every version; returns the number of new edges. Each new edge may enable
  /// others, so the caller closes the graph and repeats until a round adds none (or a cycle
  /// appears).
  std::size_t round() {
    derived_ = 0;
    for (const Version& version : versions_.versions()) {
      const Node writer =
          version.writer == TransactionVersions::kNone ? graph_.root() : version.writer;
      for (const auto& [chain, others] : writers_[version.key]) {
        for (const Node reader : version.readers) before(writer, reader, others);
        if (!version.readers.empty()) behind(writer, version.readers, others);
      }
    }
    return derived_;
  }

 private:
  void add(Node from, Node to) { graph_.add(from, to, PrecedenceGraph::kNone, Node{0}); }
  void derive(Node from, Node to, Node path_from, Node path_to) {
    if (from == to || graph_.reaches(from, to)) return;
    graph_.add(from, to, path_from, path_to);
    ++derived_;
  }

  // First rule: another writer of the key that comes before the reader comes before the writer that
  // it read from, else the reader would have read the other value.
  void before(Node writer, Node reader, const std::vector<Node>& others) {
    auto end = std::partition_point(others.begin(), others.end(),
                                    [&](Node other) { return graph_.reaches(other, reader); });
    if (end == others.begin()) return;
    derive(*std::prev(end), writer, *std::prev(end), reader);
  }

  // Second rule: another writer of the key that comes after a writer comes after all that read from
  // it.
  void behind(Node writer, const std::vector<Node>& readers, const std::vector<Node>& others) {
    auto first = std::partition_point(others.begin(), others.end(),
                                      [&](Node other) { return !graph_.reaches(writer, other); });
    if (first == others.end()) return;
    for (const Node reader : readers) {
      // A reader may be that other writer itself (it read the value and replaced it); then the rule
      // applies to the next writer on the chain.
      if (*first != reader) {
        derive(reader, *first, writer, *first);
      } else if (std::next(first) != others.end()) {
        derive(reader, *std::next(first), writer, *std::next(first));
      }
    }
  }

  const TransactionVersions& versions_;
  PrecedenceGraph& graph_;
  std::vector<WritersByChain> writers_;  // by key
  std::size_t derived_ = 0;
};

Decision cyclic(const PrecedenceGraph& graph) {
  return {.kind = Decision::Kind::kViolation, .counterexample = graph.cycle()};
}

}  // namespace

Decision decide_distinct_transactions(std::span<const KeyOperation> operations, ValueId initial,
                                      const ValueTable& values) {
  const TransactionVersions versions(values, operations, initial);
  if (versions.decision()) return *versions.decision();
  PrecedenceGraph graph(operations, versions.live());
  if (operations.size() * graph.chains() > kClockEntriesMax) {
    return {.kind = Decision::Kind::kNotApplicable};
  }
  Derivation derivation(versions, graph);
  for (int round = 0; round < kRoundsMax; ++round) {
    if (!graph.close()) return cyclic(graph);
    if (derivation.round() == 0) break;
  }
  if (!graph.close()) return cyclic(graph);
  Decision decision;
  if (auto order = find_transaction_order(versions, graph)) {
    decision.order = *std::move(order);
  } else {
    decision.kind = Decision::Kind::kNotApplicable;
  }
  return decision;
}

constinit const FastDecider kDistinctTransactions{
    "distinct-transactions", &make_stateless<[](const DeciderInput& key) {
      return decide_distinct_transactions(key.operations, key.initial, key.values);
    }>};

}  // namespace capsize::checker
