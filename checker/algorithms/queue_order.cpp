#include "checker/algorithms/queue_order.h"

#include <algorithm>
#include <unordered_set>

namespace capsize::checker {
namespace {

using Segment = std::vector<const QueueElement*>;

// The elements in the order in which they go in and come out.
Segment in_turn(const Segment& segment) {
  Segment by_in = segment;
  Segment by_out = segment;
  std::stable_sort(by_in.begin(), by_in.end(),
                   [](const auto* a, const auto* b) { return a->in_end < b->in_end; });
  std::stable_sort(by_out.begin(), by_out.end(),
                   [](const auto* a, const auto* b) { return a->out_end < b->out_end; });
  std::unordered_set<const QueueElement*> taken;
  const auto first_left = [&](Segment::iterator& at) {
    while (taken.contains(*at)) ++at;
    return *at;
  };
  auto in = by_in.begin();
  auto out = by_out.begin();
  Segment order;
  while (order.size() < segment.size()) {
    const QueueElement* earliest_in = first_left(in);
    const QueueElement* earliest_out = first_left(out);
    const bool preceded = earliest_in->in_end < earliest_out->in_begin;
    order.push_back(preceded ? earliest_in : earliest_out);
    taken.insert(order.back());
  }
  return order;
}

// Both sequences are fixed; what is left is when to take something out: as soon as no enqueue that
// is still to come precedes the dequeue.
class Merge {
 public:
  Merge(const Segment& order, std::vector<std::uint32_t>& out) : order_(order), out_(out) {
    suffix_in_.assign(order.size() + 1, kNever);
    for (std::size_t i = order.size(); i-- > 0;) {
      suffix_in_[i] = std::min(suffix_in_[i + 1], order[i]->in_end);
    }
  }

  void run() {
    std::size_t out = 0;
    for (std::size_t in = 0; in <= order_.size(); ++in) {
      // Enqueues from `in` on are not placed yet: may the next dequeue go before them?
      while (out < in && order_[out]->dequeue != QueueElement::kNone &&
             order_[out]->out_begin <= suffix_in_[in]) {
        out_.push_back(order_[out++]->dequeue);
      }
      if (in < order_.size()) out_.push_back(order_[in]->enqueue);
    }
  }

 private:
  const Segment& order_;
  std::vector<std::uint32_t>& out_;
  std::vector<Position> suffix_in_;
};

}  // namespace

std::vector<std::uint32_t> order_of_queue(const QueueElements& queue,
                                          const std::vector<Position>& moments) {
  std::vector<Segment> segments(moments.size() + 1);
  for (const QueueElement& element : queue.elements) {
    const Position end = std::min(element.in_end, element.out_end);
    const auto segment = std::upper_bound(moments.begin(), moments.end(), end);
    segments[static_cast<std::size_t>(segment - moments.begin())].push_back(&element);
  }
  std::vector<std::uint32_t> order;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Segment in_order = in_turn(segments[i]);
    Merge(in_order, order).run();
    if (i < moments.size()) order.push_back(queue.empty[i]);
  }
  return order;
}

}  // namespace capsize::checker
