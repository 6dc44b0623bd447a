#include "checker/consistency/sequential_order.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace capsize::checker {
namespace {

constexpr std::size_t kStepsPerBudgetCheck = 64;
// Of dead ends remembered, 16 MiB and some.
constexpr std::size_t kDeadCellsMax = std::size_t{1} << 22;

}  // namespace

SequentialOrder::SequentialOrder(const SequentialGraph& graph)
    : graph_(graph),
      missing_(graph.nodes().size(), 0),
      unread_(graph.nodes().size() + graph.keys(), 0),
      current_(graph.keys()),
      done_(graph.processes(), 0) {
  CHECK(graph.is_saturated(), "what follows from the graph has been derived");
  rank_writes();
  for (KeyId key = 0; key < graph.keys(); ++key) current_[key] = graph.initial_of(key);
  for (Number node = 0; node < graph.nodes().size(); ++node) {
    for (const Number next : graph.after(node)) ++missing_[next];
    if (graph.nodes()[node].observes()) ++unread_[graph.nodes()[node].source];
  }
  for (Number node = 0; node < graph.nodes().size(); ++node) {
    if (missing_[node] == 0) make_ready(node);
  }
}

SequentialOrder::Outcome SequentialOrder::find(const Budget& budget) {
  const std::size_t dead_max = kDeadCellsMax / (done_.size() + current_.size() + 1);
  const auto end = static_cast<Number>(graph_.nodes().size());
  take_observers();
  Number from = 0;
  for (std::size_t steps = 1; steps_.size() < graph_.nodes().size(); ++steps) {
    if (steps % kStepsPerBudgetCheck == 0 && budget.time_is_up()) return Outcome::kBoundReached;
    if (const Number rank = next_rank(from); rank != SequentialGraph::kNone) {
      choices_.push_back({steps_.size(), rank});
      take(ranked_[rank]);
      take_observers();
      from = !dead_.empty() && dead_.contains(state()) ? end : 0;
      continue;
    }
    if (choices_.empty()) return Outcome::kNone;
    if (dead_.size() >= dead_max) return Outcome::kBoundReached;
    dead_.insert(state());
    from = choices_.back().rank + 1;
    while (steps_.size() > choices_.back().steps) undo();
    choices_.pop_back();
  }
  return Outcome::kFound;
}

void SequentialOrder::rank_writes() {
  const auto& nodes = graph_.nodes();
  std::vector<Position> first(nodes.size()), last(nodes.size());  // f and s
  for (Number node = 0; node < nodes.size(); ++node) {
    first[node] = nodes[node].operation->complete;
    last[node] = nodes[node].operation->invoke;
  }
  for (const auto& reader : nodes) {
    if (reader.source >= nodes.size()) continue;  // of nothing, or of an initial value
    first[reader.source] = std::min(first[reader.source], reader.operation->complete);
    last[reader.source] = std::max(last[reader.source], reader.operation->invoke);
  }
  ranked_.resize(nodes.size());
  std::iota(ranked_.begin(), ranked_.end(), Number{0});
  std::stable_sort(ranked_.begin(), ranked_.end(), [&](Number a, Number b) {
    return std::min(first[a], last[a]) < std::min(first[b], last[b]);
  });
  rank_.resize(nodes.size());
  for (Number rank = 0; rank < nodes.size(); ++rank) rank_[ranked_[rank]] = rank;
}

void SequentialOrder::make_ready(Number node) {
  if (graph_.nodes()[node].observes()) {
    ready_observers_.push_back(node);
  } else {
    ready_writes_.insert(rank_[node]);
  }
}

void SequentialOrder::take(Number node) {
  const auto& one = graph_.nodes()[node];
  Number& current = current_[one.key()];
  steps_.push_back({node, current});
  ++done_[one.process];
  if (one.observes()) {
    --unread_[one.source];
  } else {
    ready_writes_.erase(rank_[node]);
  }
  if (one.writes()) current = node;
  for (const Number next : graph_.after(node)) {
    if (--missing_[next] == 0) make_ready(next);
  }
}

// An observer that became ready by this step was placed after it, and so has been undone already.
void SequentialOrder::undo() {
  const auto [node, overwritten] = steps_.back();
  steps_.pop_back();
  const auto& one = graph_.nodes()[node];
  for (const Number next : graph_.after(node)) {
    if (missing_[next]++ == 0) ready_writes_.erase(rank_[next]);
  }
  --done_[one.process];
  current_[one.key()] = overwritten;
  if (one.observes()) {
    ++unread_[one.source];
  } else {
    ready_writes_.insert(rank_[node]);
  }
}

void SequentialOrder::take_observers() {
  while (!ready_observers_.empty()) {
    const Number node = ready_observers_.back();
    ready_observers_.pop_back();
    take(node);
  }
}

SequentialOrder::Number SequentialOrder::next_rank(Number from) const {
  for (auto rank = ready_writes_.lower_bound(from); rank != ready_writes_.end(); ++rank) {
    if (unread_[current_[graph_.nodes()[ranked_[*rank]].key()]] == 0) return *rank;
  }
  return SequentialGraph::kNone;
}

std::vector<SequentialOrder::Number> SequentialOrder::state() const {
  std::vector<Number> state = done_;
  state.insert(state.end(), current_.begin(), current_.end());
  return state;
}

bool SequentialOrder::replays() const {
  std::vector<ValueId> values(graph_.keys(), kNoValue);
  std::vector<std::int64_t> last(graph_.processes(), -1);  // place of its last operation
  std::size_t count = 0;
  for (const Step& step : steps_) {
    const auto& one = graph_.nodes()[step.node];
    ValueId& value = values[one.key()];
    if (value == kNoValue) value = one.problem->initial;
    if (one.place != ++last[one.process]) return false;
    if (one.observes() && one.operation->observed != value) return false;
    if (one.writes()) value = one.operation->written;
    ++count;
  }
  return count == graph_.nodes().size();
}

}  // namespace capsize::checker
