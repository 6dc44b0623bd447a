// SequentialOrder: searches for an order of all operations that respects a SequentialGraph and in
// which every read returns the value written last.
//
// Operations are placed one after the other, each once all its predecessors are placed. An observer
// is placed as soon as possible: its value is the current one, and waiting cannot help it. A write
// waits until all observers of the value that it overwrites are placed. What remains to choose is
// the next write. Most systems are in order most of the time, so the search tries the write first
// that would be next if the history were linearizable: with f the first completion of the writer or
// an observer of a value, and s the last invocation of these, a value that must come before another
// one in real time has the smaller min(f, s) (from f_A < s_B and s_A <= f_B, see
// registers/distinct_register.h). Where no operation can be placed, the search backtracks.
//
// So every order would be found, given time; states that were dead ends are not tried twice. That
// time may be exponential (the problem is NP-complete), hence the bounds.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "checker/consistency/sequential_graph.h"
#include "checker/core/budget.h"

namespace capsize::checker {

class SequentialOrder {
 public:
  /// Precondition: the graph is saturated.
  explicit SequentialOrder(const SequentialGraph& graph);

  enum class Outcome : std::uint8_t { kFound, kNone, kBoundReached };
  [[nodiscard]] Outcome find(const Budget& budget);

  /// kFound: whether the order keeps what it promises, by a replay that shares nothing with the
  /// search: values instead of edges.
  [[nodiscard]] bool replays() const;
  [[nodiscard]] std::size_t dead_ends() const { return dead_.size(); }

 private:
  using Number = SequentialGraph::Number;
  struct Step {
    Number node;
    Number overwritten;  // the writer of the value that was the current one
  };
  struct Choice {
    std::size_t steps;  // before it
    Number rank;        // of the write
  };

  void rank_writes();

  void make_ready(Number node);
  void take(Number node);
  void undo();
  void take_observers();
  [[nodiscard]] Number next_rank(Number from) const;
  [[nodiscard]] std::vector<Number> state() const;

  const SequentialGraph& graph_;
  std::vector<Number> missing_;        // by node: how many have to come first
  std::vector<Number> unread_;         // by writer: how many have not seen its value yet
  std::vector<Number> current_;        // by key: the writer
  std::vector<Number> done_;           // by process
  std::vector<Number> rank_, ranked_;  // of each node, and the node of each rank
  std::set<Number> ready_writes_;      // their ranks
  std::vector<Number> ready_observers_;
  std::vector<Step> steps_;
  std::vector<Choice> choices_;
  std::set<std::vector<Number>> dead_;
};

}  // namespace capsize::checker
