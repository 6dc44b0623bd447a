#include "checker/algorithms/distinct_transactions.h"

#include <algorithm>
#include <map>

#include "checker/algorithms/precedence_graph.h"
#include "checker/algorithms/transaction_order.h"
#include "checker/algorithms/transaction_versions.h"

namespace capsize::checker {
namespace {

using Node = PrecedenceGraph::Node;
using Version = TransactionVersions::Version;

constexpr std::size_t kClockEntriesMax = std::size_t{1} << 25;
constexpr int kRoundsMax = 64;

// The writers of one key, taken apart by chain and in order on each: of those before an operation
// the last on each chain tells all, of those behind it the first.
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

  /// Applies both rules everywhere; how many edges came of it.
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

  // What writes the key before the reader does so before the writer that it read from.
  void before(Node writer, Node reader, const std::vector<Node>& others) {
    auto end = std::partition_point(others.begin(), others.end(),
                                    [&](Node other) { return graph_.reaches(other, reader); });
    if (end == others.begin()) return;
    derive(*std::prev(end), writer, *std::prev(end), reader);
  }

  // What writes the key behind a writer does so behind all who read from it.
  void behind(Node writer, const std::vector<Node>& readers, const std::vector<Node>& others) {
    auto first = std::partition_point(others.begin(), others.end(),
                                      [&](Node other) { return !graph_.reaches(writer, other); });
    if (first == others.end()) return;
    for (const Node reader : readers) {
      // A reader may be that writer itself; then it is about the next one.
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

Decision circular(const PrecedenceGraph& graph) {
  return {.kind = Decision::Kind::kViolation, .witness = graph.circle()};
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
    if (!graph.close()) return circular(graph);
    if (derivation.round() == 0) break;
  }
  if (!graph.close()) return circular(graph);
  Decision decision;
  if (auto order = find_transaction_order(versions, graph)) {
    decision.order = *std::move(order);
  } else {
    decision.kind = Decision::Kind::kNotApplicable;
  }
  return decision;
}

}  // namespace capsize::checker
