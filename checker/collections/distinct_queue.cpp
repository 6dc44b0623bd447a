#include "checker/collections/distinct_queue.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <vector>

#include "checker/collections/emptiness.h"
#include "checker/collections/queue_elements.h"
#include "checker/collections/unmatched_elements.h"
#include "checker/specification/collection.h"

namespace capsize::checker {
namespace {

using Segment = std::vector<const QueueElement*>;

// The order in which the elements of a segment go in and come out, which is the same for both.
// Repeatedly takes the element whose dequeue completed first, unless another element's enqueue
// certainly precedes its enqueue; then it takes that one. By condition 3 the dequeue of the latter
// is not preceded by the dequeue of the former: enq(1) ok, enq(2) ok, and deq(2), deq(1)
// overlapping gives 1, 2.
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

// Merges the enqueues and the dequeues of a segment, both in the order of the elements. A dequeue
// is placed as soon as no enqueue that is not placed yet precedes it.
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

// A legal order. Preconditions: the conditions of distinct_queue.h hold, and `moments` has one for
// each empty dequeue, ascending, within its interval, at which no element is certainly in. The
// moments cut the queue into segments that are independent, because the queue is empty in between.
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

class DistinctQueue {
 public:
  explicit DistinctQueue(std::span<const KeyOperation> operations) : operations_(operations) {}

  Decision decide(bool want_order) {
    Decision decision = gather_elements(operations_, queue_);
    if (decision.kind != Decision::Kind::kLegal) return decision;
    if (auto found = out_of_turn()) return *std::move(found);
    UnmatchedElements left_overs = find_left_overs();
    if (!left_overs.deadlines_hold()) return overtaken(left_overs);
    Emptiness emptiness = find_empty_moments(operations_, queue_, left_overs);
    if (!emptiness.possible) return queue_violation(std::move(emptiness.counterexample));
    if (want_order) decision.order = legal_order(emptiness, left_overs);
    return decision;
  }

 private:
  // Condition 3: compares each element y with one x: of all that were certainly enqueued before y,
  // the one that is dequeued last. If that one does not overtake, none does. Unmatched elements
  // that an indeterminate dequeue may have taken are judged by their deadlines instead.
  std::optional<Decision> out_of_turn() const {
    std::vector<const QueueElement*> by_end;
    for (const QueueElement& element : queue_.elements) {
      if (!element.is_unmatched() || queue_.unknown.empty()) by_end.push_back(&element);
    }
    std::ranges::sort(by_end, {}, [](const auto* element) { return element->in_end; });
    const QueueElement* latest = nullptr;
    auto ended = by_end.begin();
    for (const QueueElement& element : queue_.elements) {
      for (; ended != by_end.end() && (*ended)->in_end < element.in_begin; ++ended) {
        if (latest == nullptr || (*ended)->out_begin > latest->out_begin) latest = *ended;
      }
      if (latest == nullptr || element.is_unmatched()) continue;
      if (latest->out_begin > element.out_end) {
        return queue_violation(
            {latest->enqueue, latest->dequeue, element.enqueue, element.dequeue});
      }
    }
    return std::nullopt;
  }

  // Condition 3 for unmatched elements: an indeterminate dequeue of x must begin before the first
  // dequeue of an element completes that was certainly enqueued after x. Without indeterminate
  // dequeues out_of_turn() has compared them all.
  UnmatchedElements find_left_overs() {
    first_out_.assign(queue_.elements.size() + 1, nullptr);
    for (std::size_t i = queue_.elements.size(); i-- > 0;) {
      const QueueElement& element = queue_.elements[i];
      const QueueElement* first = first_out_[i + 1];
      const bool earlier = first == nullptr || element.out_end < first->out_end;
      first_out_[i] = !element.is_unmatched() && earlier ? &element : first;
    }
    return {operations_, queue_, [this](const QueueElement& element) {
              const QueueElement* first = first_behind(element);
              return first == nullptr || queue_.unknown.empty() ? kNever : first->out_end;
            }};
  }

  // Of the elements that were certainly enqueued later, the one that was dequeued first.
  const QueueElement* first_behind(const QueueElement& element) const {
    const auto later =
        std::ranges::upper_bound(queue_.elements, element.in_end, {},
                                 [](const QueueElement& other) { return other.in_begin; });
    return first_out_[static_cast<std::size_t>(later - queue_.elements.begin())];
  }

  // More elements were overtaken by some deadline than indeterminate dequeues began by it. The
  // counterexample holds all of them, each with the element that overtook it.
  Decision overtaken(const UnmatchedElements& left_overs) const {
    std::vector<std::uint32_t> counterexample;
    for (const UnmatchedElements::Element& due : left_overs.too_many_due()) {
      const QueueElement& element = queue_.elements[due.index];
      const QueueElement* first = first_behind(element);
      counterexample.insert(counterexample.end(),
                            {element.enqueue, first->enqueue, first->dequeue});
    }
    counterexample.insert(counterexample.end(), queue_.unknown.begin(), queue_.unknown.end());
    return queue_violation(std::move(counterexample));
  }

  std::vector<std::uint32_t> legal_order(const Emptiness& emptiness,
                                         const UnmatchedElements& left_overs) {
    std::vector<Position> moments;
    queue_.empty.clear();
    for (const Emptiness::Moment& moment : emptiness.moments) {
      moments.push_back(moment.at);
      queue_.empty.push_back(moment.dequeue);
    }
    for (const auto& [take, index] : left_overs.assign(moments)) {
      queue_.elements[index].dequeue = queue_.unknown[take];
      queue_.elements[index].out_begin = operations_[queue_.unknown[take]].invoke;
    }
    return order_of_queue(queue_, moments);
  }

  std::span<const KeyOperation> operations_;
  QueueElements queue_;
  std::vector<const QueueElement*> first_out_;  // among the elements from here on
};

}  // namespace

Decision decide_distinct_queue(std::span<const KeyOperation> operations, ValueId initial,
                               bool want_order) {
  if (!starts_empty(initial)) return {.kind = Decision::Kind::kNotApplicable};
  return DistinctQueue(operations).decide(want_order);
}

constinit const FastDecider kDistinctQueue{
    "distinct-queue", &make_stateless<[](const DeciderInput& key) {
      return decide_distinct_queue(key.operations, key.initial, key.want_order);
    }>};

}  // namespace capsize::checker
