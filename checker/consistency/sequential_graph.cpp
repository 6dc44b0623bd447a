#include "checker/consistency/sequential_graph.h"

#include <algorithm>
#include <unordered_map>

#include "base/check.h"

namespace capsize::checker {
namespace {

constexpr std::size_t kNodesPerBudgetCheck = 64;

}  // namespace

SequentialGraph::SequentialGraph(std::span<const KeyProblem> problems,
                                 std::span<const RegisterVersions> versions)
    : writes_(problems.size()) {
  for (std::size_t key = 0; key < problems.size(); ++key) {
    for (const KeyOperation* operation : versions[key].operations()) {
      nodes_.push_back({.operation = operation, .problem = &problems[key]});
    }
  }
  std::stable_sort(nodes_.begin(), nodes_.end(), [](const Node& a, const Node& b) {
    return a.operation->invoke < b.operation->invoke;
  });
  after_.resize(nodes_.size());
  last_readers_.resize(nodes_.size() + problems.size());
  number_processes();
  std::unordered_map<const KeyOperation*, Number> numbers;
  for (Number node = 0; node < nodes_.size(); ++node) numbers[nodes_[node].operation] = node;
  for (Node& node : nodes_) {
    if (!node.observes()) continue;
    const KeyOperation* writer = versions[node.key()][node.operation->observed].writer;
    node.source = writer == nullptr ? initial_of(node.key()) : numbers.at(writer);
  }
  link_reads();
  link_initial_values();
}

void SequentialGraph::number_processes() {
  std::unordered_map<std::int64_t, Number> numbers;
  std::vector<Number> last;  // of each process
  for (Number node = 0; node < nodes_.size(); ++node) {
    Node& one = nodes_[node];
    const std::int64_t process = one.problem->source(*one.operation).process;
    const auto next = static_cast<Number>(numbers.size());
    const auto [known, added] = numbers.try_emplace(process, next);
    one.process = known->second;
    if (added) {
      process_sizes_.push_back(0);
      last.push_back(kNone);
    }
    one.place = process_sizes_[one.process]++;
    if (last[one.process] != kNone) link(last[one.process], node);
    last[one.process] = node;
    if (one.writes()) writes_[one.key()][one.process].push_back(node);
  }
}

void SequentialGraph::link_reads() {
  for (Number node = 0; node < nodes_.size(); ++node) {
    if (!nodes_[node].observes()) continue;
    const Number source = nodes_[node].source;
    if (source < nodes_.size()) link(source, node);
    auto& readers = last_readers_[source];
    const auto same = std::find_if(readers.begin(), readers.end(), [&](Number reader) {
      return nodes_[reader].process == nodes_[node].process;
    });
    if (same == readers.end()) {
      readers.push_back(node);
    } else {
      *same = node;
    }
  }
}

// A reader of the initial value comes before every write; the first write of each process suffices.
void SequentialGraph::link_initial_values() {
  for (KeyId key = 0; key < writes_.size(); ++key) {
    for (const Number reader : last_readers_[initial_of(key)]) {
      for (const auto& [process, writes] : writes_[key]) {
        if (writes.front() != reader) link(reader, writes.front());
      }
    }
  }
}

void SequentialGraph::link(Number from, Number to) {
  after_[from].push_back(to);
  ++edges_;
}

SequentialGraph::Outcome SequentialGraph::saturate(const Budget& budget) {
  for (;;) {
    const std::vector<Number> order = sorted();
    if (order.size() < nodes_.size()) return Outcome::kCycle;
    const std::size_t edges = edges_;
    if (!compute_clocks(order, budget) || !derive(budget)) return Outcome::kTimeIsUp;
    if (edges_ == edges) {
      saturated_ = true;
      return Outcome::kSaturated;
    }
  }
}

// Topologically; nodes on a cycle or after one are missing.
std::vector<SequentialGraph::Number> SequentialGraph::sorted() const {
  std::vector<Number> missing(nodes_.size(), 0);
  for (const auto& nexts : after_) {
    for (const Number next : nexts) ++missing[next];
  }
  std::vector<Number> order;
  for (Number node = 0; node < nodes_.size(); ++node) {
    if (missing[node] == 0) order.push_back(node);
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (const Number next : after_[order[i]]) {
      if (--missing[next] == 0) order.push_back(next);
    }
  }
  return order;
}

bool SequentialGraph::compute_clocks(const std::vector<Number>& order, const Budget& budget) {
  clocks_.assign(nodes_.size() * processes(), 0);
  std::size_t steps = 0;
  for (const Number node : order) {
    if (++steps % kNodesPerBudgetCheck == 0 && budget.time_is_up()) return false;
    const Number* from = clock_of(node);
    for (const Number next : after_[node]) {
      Number* to = clocks_.data() + std::size_t{next} * processes();
      for (std::size_t i = 0; i < processes(); ++i) to[i] = std::max(to[i], from[i]);
      Number& own = to[nodes_[node].process];
      own = std::max(own, nodes_[node].place + 1);
    }
  }
  return true;
}

bool SequentialGraph::derive(const Budget& budget) {
  for (Number node = 0; node < nodes_.size(); ++node) {
    if (node % kNodesPerBudgetCheck == 0 && budget.time_is_up()) return false;
    if (nodes_[node].observes() && nodes_[node].source < nodes_.size()) order_writes_before(node);
    if (nodes_[node].writes()) order_readers_before(node);
  }
  return true;
}

// The last of `writes`, all of one process, that is among its first `before` operations.
SequentialGraph::Number SequentialGraph::last_write(const std::vector<Number>& writes,
                                                    Number before) const {
  const auto end = std::partition_point(writes.begin(), writes.end(),
                                        [&](Number write) { return nodes_[write].place < before; });
  return end == writes.begin() ? kNone : *std::prev(end);
}

// The first rule. Of each process the last such write suffices: the others come before that one.
void SequentialGraph::order_writes_before(Number reader) {
  const Number source = nodes_[reader].source;
  for (const auto& [process, writes] : writes_[nodes_[reader].key()]) {
    const Number other = last_write(writes, clock_of(reader)[process]);
    if (other == kNone || other == source || is_before(other, source)) continue;
    link(other, source);
  }
}

// The second rule. The readers of earlier writes come before the last such write of each process.
void SequentialGraph::order_readers_before(Number writer) {
  for (const auto& [process, writes] : writes_[nodes_[writer].key()]) {
    const Number other = last_write(writes, clock_of(writer)[process]);
    if (other == kNone) continue;
    for (const Number reader : last_readers_[other]) {
      if (reader != writer && !is_before(reader, writer)) link(reader, writer);
    }
  }
}

std::vector<SequentialGraph::Number> SequentialGraph::cycle() const {
  std::vector<bool> free_of_cycles(nodes_.size(), false);
  for (const Number node : sorted()) free_of_cycles[node] = true;
  std::vector<Number> before(nodes_.size(), kNone);
  Number node = 0;
  for (Number from = 0; from < nodes_.size(); ++from) {
    if (free_of_cycles[from]) continue;
    for (const Number to : after_[from]) before[to] = from;
    node = from;
  }
  CHECK(before[node] != kNone, "there is a cycle");
  // Going backwards leads to the cycle and stays on it.
  for (std::size_t i = 0; i < nodes_.size(); ++i) node = before[node];
  const Number start = node;
  // The shortest way from there back to itself.
  std::fill(before.begin(), before.end(), kNone);
  std::vector<Number> reached = {start};
  for (std::size_t i = 0; i < reached.size() && before[start] == kNone; ++i) {
    for (const Number next : after_[reached[i]]) {
      if (before[next] != kNone) continue;
      before[next] = reached[i];
      reached.push_back(next);
    }
  }
  std::vector<Number> cycle = {start};
  for (Number one = before[start]; one != start; one = before[one]) cycle.push_back(one);
  std::reverse(cycle.begin() + 1, cycle.end());
  return cycle;
}

}  // namespace capsize::checker
