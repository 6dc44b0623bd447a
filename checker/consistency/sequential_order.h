// SequentialOrder: looks for an order of all operations that respects a SequentialGraph and in
// which everybody sees what was written last.
//
// One operation after the other, each once all that must come before it has come. Whoever observes
// goes as soon as it may: its value is in force, and nothing that comes later gives it another
// chance. A write waits until everybody has seen the value that it buries. What is left to choose
// is which of the writes that may go goes next. Most systems are in order most of the time, so it
// is the one that would be next if the history were linearizable: with f the first completion of
// whoever wrote or saw a value, and s the last invocation of these, a value that must come before
// another one in real time has the smaller min(f, s) (from f_A < s_B and s_A <= f_B, see
// registers/distinct_register.h). Where nothing may go any more, the last choice is taken back.
//
// So every order there is would be found, given time; states that were dead ends are not tried
// twice. That time may be exponential (NP-complete), hence the bounds.
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
    Number buried;  // who wrote the value that was in force
  };
  struct Choice {
    std::size_t steps;  // before it
    Number rank;        // of the write
  };

  void rank_writes();

  void make_ready(Number node);
  void take(Number node);
  void take_back();
  void take_observers();
  [[nodiscard]] Number next_rank(Number from) const;
  [[nodiscard]] std::vector<Number> state() const;

  const SequentialGraph& graph_;
  std::vector<Number> missing_;        // by node: how many have to come first
  std::vector<Number> unread_;         // by writer: how many have not seen its value yet
  std::vector<Number> in_force_;       // by key: the writer
  std::vector<Number> done_;           // by process
  std::vector<Number> rank_, ranked_;  // of each node, and the node of each rank
  std::set<Number> ready_writes_;      // their ranks
  std::vector<Number> ready_observers_;
  std::vector<Step> steps_;
  std::vector<Choice> choices_;
  std::set<std::vector<Number>> dead_;
};

}  // namespace capsize::checker
