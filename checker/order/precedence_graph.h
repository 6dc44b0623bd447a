// PrecedenceGraph: which operations must come before which in every legal order.
//
// It begins with real time (a before b iff a.complete < b.invoke), and a decider adds the edges
// that it derives: "b before c, since a reaches b". Real time needs 2n edges instead of n^2: a line
// of completions, each reached from its operation, each reaching what was invoked after it.
//
// Vector clocks answer which node reaches which (Fidge 1988, Mattern 1989). Operations that precede
// one another in time share a chain, and a clock has one entry per chain. There are as many chains
// as concurrent operations, indeterminate ones included.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/specification/model.h"

namespace capsize::checker {

class PrecedenceGraph {
 public:
  using Node = std::uint32_t;  ///< place of an operation, or root()
  static constexpr Node kNone = 0xFFFFFFFFu;

  /// `operations` in order of invocation; those that are not live are left out.
  PrecedenceGraph(std::span<const KeyOperation> operations, const std::vector<bool>& live);

  /// The node that precedes all operations.
  [[nodiscard]] Node root() const { return operations_; }
  [[nodiscard]] std::size_t chains() const { return chains_; }
  [[nodiscard]] std::uint32_t chain(Node operation) const { return chain_[operation]; }
  [[nodiscard]] std::uint32_t place(Node operation) const { return place_[operation]; }
  /// According to the last close(): whether `from` comes strictly before `to`.
  [[nodiscard]] bool reaches(Node from, Node to) const {
    if (from == root()) return to != root();
    return to != root() && clock(to)[chain_[from]] > place_[from];
  }
  /// How many operations of each chain reach it: those at places below.
  [[nodiscard]] std::span<const std::uint32_t> before(Node operation) const {
    return {clock(operation), chains_};
  }

  /// `from` must come before `to`, since `path_from` reaches `path_to`.
  void add(Node from, Node to, Node path_from, Node path_to);
  /// Computes which node reaches which. Returns false if the edges have a cycle. O((n + edges) *
  /// chains).
  [[nodiscard]] bool close();
  /// After close() returned false: the operations of one cycle, and those from which its edges
  /// follow.
  [[nodiscard]] std::vector<Node> cycle() const;

 private:
  struct Edge {
    Node from = kNone;
    Node to = kNone;
    Node path_from = kNone;  // kNone: true by itself
    Node path_to = kNone;
    std::uint32_t round = 0;
  };

  [[nodiscard]] const std::uint32_t* clock(Node node) const {
    return clocks_.data() + std::size_t{node} * chains_;
  }
  void lay_out_chains(std::span<const KeyOperation> operations, const std::vector<bool>& live);
  void add_real_time(std::span<const KeyOperation> operations, const std::vector<bool>& live);
  void index_edges();
  [[nodiscard]] std::span<const std::uint32_t> edges_into(Node node) const;
  /// Edges of a path between two nodes that was there before the round.
  [[nodiscard]] std::vector<std::uint32_t> path(Node from, Node to, std::uint32_t round) const;

  Node operations_;
  Node nodes_;
  std::size_t chains_ = 0;
  std::vector<std::uint32_t> chain_, place_;  // by operation
  std::vector<Edge> edges_;
  std::vector<std::uint32_t> into_begin_, into_;  // edges by their end
  std::vector<std::uint32_t> clocks_;             // chains_ for each node
  std::vector<Node> unsorted_;                    // by the last close(): on cycles, or after them
  std::uint32_t round_ = 0;
};

}  // namespace capsize::checker
