#include "checker/order/precedence_graph.h"

#include <algorithm>
#include <numeric>
#include <queue>
#include <utility>

#include "base/check.h"

namespace capsize::checker {

PrecedenceGraph::PrecedenceGraph(std::span<const KeyOperation> operations,
                                 const std::vector<bool>& live)
    : operations_(static_cast<Node>(operations.size())), nodes_(operations_ + 1) {
  CHECK(live.size() == operations.size(), "of each operation it is known whether it is live");
  lay_out_chains(operations, live);
  add_real_time(operations, live);
}

// Interval partitioning: an operation joins the chain whose last operation completed first, if that
// was before it began; else it opens a new chain. No partition has fewer chains, because as many
// operations are open at that moment.
void PrecedenceGraph::lay_out_chains(std::span<const KeyOperation> operations,
                                     const std::vector<bool>& live) {
  using End = std::pair<Position, std::uint32_t>;
  std::priority_queue<End, std::vector<End>, std::greater<>> ends;
  std::vector<std::uint32_t> lengths;
  chain_.assign(operations_, 0);
  place_.assign(operations_, 0);
  for (Node i = 0; i < operations_; ++i) {
    if (!live[i]) continue;
    std::uint32_t chain = static_cast<std::uint32_t>(lengths.size());
    if (!ends.empty() && ends.top().first < operations[i].invoke) {
      chain = ends.top().second;
      ends.pop();
    } else {
      lengths.push_back(0);
    }
    chain_[i] = chain;
    place_[i] = lengths[chain]++;
    ends.emplace(operations[i].complete, chain);
  }
  chains_ = std::max<std::size_t>(1, lengths.size());
}

// A line of points, one per completion that some later invocation follows: each completed operation
// reaches its point, each point the next one, and the last point before an invocation reaches the
// operation.
void PrecedenceGraph::add_real_time(std::span<const KeyOperation> operations,
                                    const std::vector<bool>& live) {
  std::vector<Node> by_complete;
  for (Node i = 0; i < operations_; ++i) {
    if (live[i] && operations[i].complete != kNever) by_complete.push_back(i);
  }
  std::sort(by_complete.begin(), by_complete.end(),
            [&](Node a, Node b) { return operations[a].complete < operations[b].complete; });
  Node last_point = root();
  std::size_t completed = 0;
  for (Node i = 0; i < operations_; ++i) {
    if (!live[i]) continue;
    for (; completed < by_complete.size() &&
           operations[by_complete[completed]].complete < operations[i].invoke;
         ++completed) {
      const Node point = nodes_++;
      edges_.push_back({last_point, point});
      edges_.push_back({by_complete[completed], point});
      last_point = point;
    }
    edges_.push_back({last_point, i});
  }
}

void PrecedenceGraph::add(Node from, Node to, Node path_from, Node path_to) {
  edges_.push_back({from, to, path_from, path_to, round_});
}

void PrecedenceGraph::index_edges() {
  into_begin_.assign(nodes_ + 1, 0);
  for (const Edge& edge : edges_) ++into_begin_[edge.to + 1];
  std::partial_sum(into_begin_.begin(), into_begin_.end(), into_begin_.begin());
  into_.resize(edges_.size());
  std::vector<std::uint32_t> next(into_begin_.begin(), into_begin_.end() - 1);
  for (std::uint32_t i = 0; i < edges_.size(); ++i) into_[next[edges_[i].to]++] = i;
}

std::span<const std::uint32_t> PrecedenceGraph::edges_into(Node node) const {
  return std::span(into_).subspan(into_begin_[node], into_begin_[node + 1] - into_begin_[node]);
}

bool PrecedenceGraph::close() {
  ++round_;
  index_edges();
  std::vector<std::uint32_t> missing(nodes_, 0);
  std::vector<std::uint32_t> out_begin(nodes_ + 1, 0);
  for (const Edge& edge : edges_) {
    ++missing[edge.to];
    ++out_begin[edge.from + 1];
  }
  std::partial_sum(out_begin.begin(), out_begin.end(), out_begin.begin());
  std::vector<Node> out(edges_.size());
  std::vector<std::uint32_t> next(out_begin.begin(), out_begin.end() - 1);
  for (const Edge& edge : edges_) out[next[edge.from]++] = edge.to;

  clocks_.assign(std::size_t{nodes_} * chains_, 0);
  std::vector<Node> ready;
  for (Node node = 0; node < nodes_; ++node) {
    if (missing[node] == 0) ready.push_back(node);
  }
  std::size_t sorted = 0;
  while (!ready.empty()) {
    const Node node = ready.back();
    ready.pop_back();
    ++sorted;
    const std::uint32_t* mine = clock(node);
    for (std::uint32_t i = out_begin[node]; i < out_begin[node + 1]; ++i) {
      std::uint32_t* theirs = clocks_.data() + std::size_t{out[i]} * chains_;
      for (std::size_t chain = 0; chain < chains_; ++chain) {
        theirs[chain] = std::max(theirs[chain], mine[chain]);
      }
      if (node < operations_) {
        theirs[chain_[node]] = std::max(theirs[chain_[node]], place_[node] + 1);
      }
      if (--missing[out[i]] == 0) ready.push_back(out[i]);
    }
  }
  unsorted_.clear();
  if (sorted == nodes_) return true;
  for (Node node = 0; node < nodes_; ++node) {
    if (missing[node] > 0) unsorted_.push_back(node);
  }
  return false;
}

std::vector<std::uint32_t> PrecedenceGraph::path(Node from, Node to, std::uint32_t round) const {
  std::vector<std::uint32_t> via(nodes_, kNone);  // the edge that leads on towards `to`
  std::vector<Node> queue = {to};
  for (std::size_t next = 0; next < queue.size() && via[from] == kNone; ++next) {
    for (const std::uint32_t edge : edges_into(queue[next])) {
      const Node before = edges_[edge].from;
      if (edges_[edge].round >= round || via[before] != kNone) continue;
      via[before] = edge;
      queue.push_back(before);
    }
  }
  std::vector<std::uint32_t> found;
  for (Node node = from; node != to && via[node] != kNone; node = edges_[via[node]].to) {
    found.push_back(via[node]);
  }
  return found;
}

std::vector<PrecedenceGraph::Node> PrecedenceGraph::cycle() const {
  std::vector<bool> on_cycle(nodes_, false);
  for (const Node node : unsorted_) on_cycle[node] = true;
  // What is not sorted has an edge from something that is not sorted: walk back until it repeats.
  std::vector<std::uint32_t> step(nodes_, kNone);
  Node node = unsorted_.front();
  while (step[node] == kNone) {
    for (const std::uint32_t edge : edges_into(node)) {
      if (on_cycle[edges_[edge].from]) step[node] = edge;
    }
    node = edges_[step[node]].from;
  }
  std::vector<std::uint32_t> pending;
  const Node start = node;
  do {
    pending.push_back(step[node]);
    node = edges_[step[node]].from;
  } while (node != start);

  std::vector<bool> included(edges_.size(), false);
  std::vector<Node> members;
  while (!pending.empty()) {
    const std::uint32_t number = pending.back();
    pending.pop_back();
    if (included[number]) continue;
    included[number] = true;
    const Edge& edge = edges_[number];
    for (const Node end : {edge.from, edge.to, edge.path_from, edge.path_to}) {
      if (end < operations_) members.push_back(end);
    }
    if (edge.path_from == kNone) continue;
    const auto because = path(edge.path_from, edge.path_to, edge.round);
    pending.insert(pending.end(), because.begin(), because.end());
  }
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  return members;
}

}  // namespace capsize::checker
