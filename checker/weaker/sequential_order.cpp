#include "checker/weaker/sequential_order.h"

namespace capsize::checker {
namespace {

constexpr std::size_t kStepsBetweenLooks = 64;
// Of dead ends remembered, 16 MiB and some.
constexpr std::size_t kDeadCellsMax = std::size_t{1} << 22;

}  // namespace

SequentialOrder::SequentialOrder(const SequentialGraph& graph)
    : graph_(graph),
      missing_(graph.nodes().size(), 0),
      unread_(graph.nodes().size() + graph.keys(), 0),
      in_force_(graph.keys()),
      done_(graph.processes(), 0) {
  for (KeyId key = 0; key < graph.keys(); ++key) in_force_[key] = graph.initial_of(key);
  for (Number node = 0; node < graph.nodes().size(); ++node) {
    for (const Number next : graph.after(node)) ++missing_[next];
    if (graph.nodes()[node].observes()) ++unread_[graph.nodes()[node].source];
  }
  for (Number node = 0; node < graph.nodes().size(); ++node) {
    if (missing_[node] == 0) make_ready(node);
  }
}

SequentialOrder::Outcome SequentialOrder::find(const Budget& budget) {
  const std::size_t dead_max = kDeadCellsMax / (done_.size() + in_force_.size() + 1);
  const auto end = static_cast<Number>(graph_.nodes().size());
  take_observers();
  Number from = 0;
  for (std::size_t looked = 1; steps_.size() < graph_.nodes().size(); ++looked) {
    if (looked % kStepsBetweenLooks == 0 && budget.time_is_up()) return Outcome::kBoundReached;
    if (const Number write = next_write(from); write != SequentialGraph::kNobody) {
      choices_.push_back({steps_.size(), write});
      take(write);
      take_observers();
      from = !dead_.empty() && dead_.contains(state()) ? end : 0;
      continue;
    }
    if (choices_.empty()) return Outcome::kNone;
    if (dead_.size() >= dead_max) return Outcome::kBoundReached;
    dead_.insert(state());
    from = choices_.back().write + 1;
    while (steps_.size() > choices_.back().steps) take_back();
    choices_.pop_back();
  }
  return Outcome::kFound;
}

void SequentialOrder::make_ready(Number node) {
  if (graph_.nodes()[node].observes()) {
    ready_observers_.push_back(node);
  } else {
    ready_writes_.insert(node);
  }
}

void SequentialOrder::take(Number node) {
  const auto& one = graph_.nodes()[node];
  Number& in_force = in_force_[one.key()];
  steps_.push_back({node, in_force});
  ++done_[one.process];
  if (one.observes()) {
    --unread_[one.source];
  } else {
    ready_writes_.erase(node);
  }
  if (one.writes()) in_force = node;
  for (const Number next : graph_.after(node)) {
    if (--missing_[next] == 0) make_ready(next);
  }
}

// Whoever observes and became ready by this step went after it, and so was taken back before.
void SequentialOrder::take_back() {
  const auto [node, buried] = steps_.back();
  steps_.pop_back();
  const auto& one = graph_.nodes()[node];
  for (const Number next : graph_.after(node)) {
    if (missing_[next]++ == 0) ready_writes_.erase(next);
  }
  --done_[one.process];
  in_force_[one.key()] = buried;
  if (one.observes()) {
    ++unread_[one.source];
  } else {
    ready_writes_.insert(node);
  }
}

void SequentialOrder::take_observers() {
  while (!ready_observers_.empty()) {
    const Number node = ready_observers_.back();
    ready_observers_.pop_back();
    take(node);
  }
}

SequentialOrder::Number SequentialOrder::next_write(Number from) const {
  for (auto write = ready_writes_.lower_bound(from); write != ready_writes_.end(); ++write) {
    if (unread_[in_force_[graph_.nodes()[*write].key()]] == 0) return *write;
  }
  return SequentialGraph::kNobody;
}

std::vector<SequentialOrder::Number> SequentialOrder::state() const {
  std::vector<Number> state = done_;
  state.insert(state.end(), in_force_.begin(), in_force_.end());
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
