// SequentialGraph: the constraints on every order that keeps the order of each process and explains
// all observations, over all keys of a history together.
//
// Nodes are the operations that certainly took effect: the acknowledged ones and the writers of
// what they observed. An indeterminate write that was never observed is left out: it need not have
// happened. A cas is a reader and a writer in one. The initial value of a key stands before its
// first write. Edges: the order of each process (by invocation), from each write to its readers,
// and what follows from these. For a write w of a key, a reader r of w, and any other write w2 of
// that key,
//
//   w2 before r  =>  w2 before w        (else r would have observed w2, or something newer)
//   w before w2  =>  r before w2        (for the same reason)
//
// until nothing new follows (Gibbons & Korach, SIAM J. Comput. 26(4), 1997; for transactions:
// Biswas & Enea, OOPSLA 2019). A cycle proves that there is no order. The absence of cycles proves
// nothing: with several keys the problem is NP-complete even with a known reads-from mapping.
//
// A process number is a process: where a client continues under another number after an
// indeterminate operation, as Jepsen's do, its two halves count as two processes. So "no" is
// certain, and "yes" says nothing about the order across such a change.
//
// Reachability is kept as vector clocks (Mattern 1989): for each node and process, how many
// operations of that process come before the node. O(nodes * processes) in memory, and times the
// processes in each round.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "checker/consistency/register_versions.h"
#include "checker/core/budget.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {

class SequentialGraph {
 public:
  using Number = std::uint32_t;
  static constexpr Number kNone = 0xFFFFFFFFU;

  struct Node {
    const KeyOperation* operation = nullptr;
    const KeyProblem* problem = nullptr;
    Number process = 0;  ///< numbered from 0
    Number place = 0;    ///< in its process, from 0
    /// The writer of what it observed: a node, or initial_of(key); kNone if it observes nothing.
    Number source = kNone;

    [[nodiscard]] KeyId key() const { return problem->key; }
    [[nodiscard]] bool writes() const { return operation->written != kNoValue; }
    [[nodiscard]] bool observes() const { return operation->observed != kNoValue; }
  };

  /// `problems` holds the keys in order, and so does `versions`; both outlive the graph.
  SequentialGraph(std::span<const KeyProblem> problems, std::span<const RegisterVersions> versions);

  enum class Outcome : std::uint8_t { kSaturated, kCycle, kTimeIsUp };
  /// Derives whatever follows.
  [[nodiscard]] Outcome saturate(const Budget& budget);

  [[nodiscard]] bool is_saturated() const { return saturated_; }

  /// By invocation.
  [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }
  [[nodiscard]] Number initial_of(KeyId key) const {
    return static_cast<Number>(nodes_.size()) + key;
  }
  [[nodiscard]] std::size_t processes() const { return process_sizes_.size(); }
  [[nodiscard]] std::size_t keys() const { return writes_.size(); }
  [[nodiscard]] const std::vector<Number>& after(Number node) const { return after_[node]; }
  /// A short one. Precondition: there is one.
  [[nodiscard]] std::vector<Number> cycle() const;

 private:
  void number_processes();
  void link_reads();
  void link_initial_values();
  [[nodiscard]] std::vector<Number> sorted() const;
  [[nodiscard]] bool compute_clocks(const std::vector<Number>& order, const Budget& budget);
  [[nodiscard]] bool derive(const Budget& budget);
  void order_writes_before(Number reader);
  void order_readers_before(Number writer);
  [[nodiscard]] Number last_write(const std::vector<Number>& writes, Number before) const;
  [[nodiscard]] bool is_before(Number node, Number than) const {
    return clock_of(than)[nodes_[node].process] > nodes_[node].place;
  }
  [[nodiscard]] const Number* clock_of(Number node) const {
    return clocks_.data() + std::size_t{node} * processes();
  }
  void link(Number from, Number to);

  std::vector<Node> nodes_;
  std::vector<Number> process_sizes_;
  std::vector<std::vector<Number>> after_;
  std::vector<std::map<Number, std::vector<Number>>> writes_;  // by key and process, in its order
  std::vector<std::vector<Number>> last_readers_;  // by writer (or initial_of), one a process
  std::vector<Number> clocks_;
  std::size_t edges_ = 0;
  bool saturated_ = false;
};

}  // namespace capsize::checker
