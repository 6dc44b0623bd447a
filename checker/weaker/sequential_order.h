// SequentialOrder: looks for an order of all operations that respects a SequentialGraph and in
// which everybody sees what was written last.
//
// One operation after the other, each once all that must come before it has come. Whoever observes
// goes as soon as it may: its value is in force, and nothing that comes later gives it another
// chance. A write waits until everybody has seen the value that it buries. What is left to choose
// is which of the writes that may go goes next: the one that began first, since most systems are in
// order most of the time. Where nothing may go any more, the last choice is taken back.
//
// So every order there is would be found, given time; states that were dead ends are not tried
// twice. That time may be exponential (NP-complete), hence the bounds.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "checker/budget.h"
#include "checker/weaker/sequential_graph.h"

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
    Number write;
  };

  void make_ready(Number node);
  void take(Number node);
  void take_back();
  void take_observers();
  [[nodiscard]] Number next_write(Number from) const;
  [[nodiscard]] std::vector<Number> state() const;

  const SequentialGraph& graph_;
  std::vector<Number> missing_;    // by node: how many have to come first
  std::vector<Number> unread_;     // by writer: how many have not seen its value yet
  std::vector<Number> in_force_;   // by key: the writer
  std::vector<Number> done_;       // by process
  std::set<Number> ready_writes_;  // by invocation
  std::vector<Number> ready_observers_;
  std::vector<Step> steps_;
  std::vector<Choice> choices_;
  std::set<std::vector<Number>> dead_;
};

}  // namespace capsize::checker
