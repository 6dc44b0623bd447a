#include "checker/algorithms/distinct_queue.h"

#include <algorithm>
#include <optional>

#include "checker/algorithms/emptiness.h"
#include "checker/algorithms/left_overs.h"
#include "checker/algorithms/queue_elements.h"
#include "checker/algorithms/queue_order.h"
#include "checker/models/collection.h"

namespace capsize::checker {
namespace {

class DistinctQueue {
 public:
  explicit DistinctQueue(std::span<const KeyOperation> operations) : operations_(operations) {}

  Decision decide(bool want_order) {
    Decision decision = gather_elements(operations_, queue_);
    if (decision.kind != Decision::Kind::kLegal) return decision;
    if (auto found = out_of_turn()) return *std::move(found);
    LeftOvers left_overs = find_left_overs();
    if (!left_overs.deadlines_hold()) return overtaken(left_overs);
    Emptiness emptiness = find_empty_moments(operations_, queue_, left_overs);
    if (!emptiness.possible) return queue_violation(std::move(emptiness.witness));
    if (want_order) decision.order = legal_order(emptiness, left_overs);
    return decision;
  }

 private:
  // Case 3: the one that was put in before and comes out last, against each. Where an indeterminate
  // dequeue may have taken what is left over, only the others.
  std::optional<Decision> out_of_turn() const {
    std::vector<const QueueElement*> by_end;
    for (const QueueElement& element : queue_.elements) {
      if (!element.is_left_over() || queue_.unknown.empty()) by_end.push_back(&element);
    }
    std::ranges::sort(by_end, {}, [](const auto* element) { return element->in_end; });
    const QueueElement* latest = nullptr;
    auto ended = by_end.begin();
    for (const QueueElement& element : queue_.elements) {
      for (; ended != by_end.end() && (*ended)->in_end < element.in_begin; ++ended) {
        if (latest == nullptr || (*ended)->out_begin > latest->out_begin) latest = *ended;
      }
      if (latest == nullptr || element.is_left_over()) continue;
      if (latest->out_begin > element.out_end) {
        return queue_violation(
            {latest->enqueue, latest->dequeue, element.enqueue, element.dequeue});
      }
    }
    return std::nullopt;
  }

  // Case 3 for what an indeterminate dequeue may have taken: it must begin before anything has
  // come out that was put in later. Where there is none, out_of_turn() has looked at them all.
  LeftOvers find_left_overs() {
    first_out_.assign(queue_.elements.size() + 1, nullptr);
    for (std::size_t i = queue_.elements.size(); i-- > 0;) {
      const QueueElement& element = queue_.elements[i];
      const QueueElement* first = first_out_[i + 1];
      const bool earlier = first == nullptr || element.out_end < first->out_end;
      first_out_[i] = !element.is_left_over() && earlier ? &element : first;
    }
    return {operations_, queue_, [this](const QueueElement& element) {
              const QueueElement* first = first_behind(element);
              return first == nullptr || queue_.unknown.empty() ? kNever : first->out_end;
            }};
  }

  // Of the elements that were certainly put in later, the one that came out first.
  const QueueElement* first_behind(const QueueElement& element) const {
    const auto later =
        std::ranges::upper_bound(queue_.elements, element.in_end, {},
                                 [](const QueueElement& other) { return other.in_begin; });
    return first_out_[static_cast<std::size_t>(later - queue_.elements.begin())];
  }

  // More elements were overtaken up to some deadline than dequeues began up to it: all of them.
  Decision overtaken(const LeftOvers& left_overs) const {
    std::vector<std::uint32_t> witness;
    for (const LeftOvers::Element& due : left_overs.too_many_due()) {
      const QueueElement& element = queue_.elements[due.index];
      const QueueElement* first = first_behind(element);
      witness.insert(witness.end(), {element.enqueue, first->enqueue, first->dequeue});
    }
    witness.insert(witness.end(), queue_.unknown.begin(), queue_.unknown.end());
    return queue_violation(std::move(witness));
  }

  std::vector<std::uint32_t> legal_order(const Emptiness& emptiness, const LeftOvers& left_overs) {
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

}  // namespace capsize::checker
