#include "checker/collections/distinct_stack.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "checker/collections/emptiness.h"
#include "checker/collections/queue_elements.h"
#include "checker/collections/stack_nesting.h"
#include "checker/collections/unmatched_elements.h"
#include "checker/specification/collection.h"

namespace capsize::checker {
namespace {

class StackOrder {
 public:
  StackOrder(std::span<const QueueElement> elements, const Emptiness& emptiness)
      : elements_(elements), moments_(emptiness.moments) {}

  std::vector<std::uint32_t> run(const StackNesting& nesting) {
    for (const Nested& time : nesting.times) {
      leave(time.depth);
      if (time.depth == 0) find_empty(time.begin);
      placed_.push_back({time.begin, elements_[time.element].enqueue});
      inside_.push_back(&time);
    }
    leave(0);
    find_empty(kNever);
    return merged_with(at_once());
  }

 private:
  // Pops every element that is nested deeper than `depth`: they end before the next one begins.
  void leave(std::uint32_t depth) {
    while (inside_.size() > depth) {
      const Nested& time = *inside_.back();
      inside_.pop_back();
      if (time.end != kNever) placed_.push_back({time.end, elements_[time.element].dequeue});
    }
  }

  void find_empty(Position until) {
    for (; empty_ < moments_.size() && moments_[empty_].at <= until; ++empty_) {
      placed_.push_back({moments_[empty_].at, moments_[empty_].dequeue});
    }
  }

  // Elements whose push and pop overlap: both take effect at one position.
  std::vector<Placed> at_once() const {
    std::vector<Placed> found;
    for (const QueueElement& element : elements_) {
      if (element.in_end < element.out_begin) continue;
      found.push_back(
          {std::max(element.in_begin, element.out_begin), element.enqueue, element.dequeue});
    }
    std::ranges::sort(found, {}, &Placed::at);
    return found;
  }

  // They can stand anywhere in the order, because they leave the stack as it was.
  std::vector<std::uint32_t> merged_with(const std::vector<Placed>& others) const {
    std::vector<Placed> all;
    std::ranges::merge(placed_, others, std::back_inserter(all), {}, &Placed::at, &Placed::at);
    return order_of(all);
  }

  std::span<const QueueElement> elements_;
  std::span<const Emptiness::Moment> moments_;
  std::size_t empty_ = 0;              // moments before this one are placed
  std::vector<const Nested*> inside_;  // each in the one before
  std::vector<Placed> placed_;         // by position
};

// A legal order. `nesting`: of `elements`, without clash; `emptiness`: a moment for each empty pop,
// at which none of them is certainly in. An element that stays in to the end is not popped.
std::vector<std::uint32_t> order_of_stack(std::span<const QueueElement> elements,
                                          const StackNesting& nesting, const Emptiness& emptiness) {
  return StackOrder(elements, emptiness).run(nesting);
}

class DistinctStack {
 public:
  explicit DistinctStack(std::span<const KeyOperation> operations) : operations_(operations) {}

  // Condition 1, then 2, then the two bounds for indeterminate pops together with 3. With the
  // sufficient deadlines (`enough`) there is a legal order; with the necessary ones (`needed`)
  // there may be none. Between the two the answer is kNotApplicable: push 1, pop ? (indeterminate),
  // and elements that can be around each other in several ways.
  Decision decide(bool want_order) {
    Decision decision = gather_elements(operations_, stack_);
    if (decision.kind != Decision::Kind::kLegal) return decision;
    nesting_ = nest(stack_.unknown.empty() ? stack_.elements : without_left_overs());
    if (!nesting_.clash.empty()) return clash();
    StackDeadlines deadlines;
    if (!stack_.unknown.empty()) deadlines = find_deadlines(stack_.elements, nesting_);
    if (auto found = legal_with(deadlines.enough, want_order)) return *std::move(found);
    if (auto found = illegal_with(deadlines)) return *std::move(found);
    return {.kind = Decision::Kind::kNotApplicable};
  }

 private:
  std::vector<QueueElement> without_left_overs() const {
    std::vector<QueueElement> elements = stack_.elements;
    for (QueueElement& element : elements) {
      if (element.is_unmatched()) element.out_begin = element.in_begin;  // in for no time
    }
    return elements;
  }

  Decision clash() const {
    std::vector<std::uint32_t> counterexample;
    for (const std::uint32_t i : nesting_.clash) {
      counterexample.insert(counterexample.end(),
                            {stack_.elements[i].enqueue, stack_.elements[i].dequeue});
    }
    return queue_violation(std::move(counterexample));
  }

  // Without indeterminate pops there are no deadlines.
  UnmatchedElements left_overs(const std::vector<Position>& deadlines) const {
    return {operations_, stack_, [&](const QueueElement& element) {
              if (deadlines.empty()) return kNever;
              return deadlines[static_cast<std::size_t>(&element - stack_.elements.data())];
            }};
  }

  std::optional<Decision> legal_with(const std::vector<Position>& deadlines, bool want_order) {
    UnmatchedElements left = left_overs(deadlines);
    if (!left.deadlines_hold()) return std::nullopt;
    const Emptiness emptiness = find_empty_moments(operations_, stack_, left);
    if (!emptiness.possible) return std::nullopt;
    Decision decision;
    if (want_order) decision.order = legal_order(emptiness, left);
    return decision;
  }

  std::optional<Decision> illegal_with(const StackDeadlines& deadlines) const {
    UnmatchedElements left = left_overs(deadlines.needed);
    if (!left.deadlines_hold()) return too_many_due(left, deadlines);
    Emptiness emptiness = find_empty_moments(operations_, stack_, left);
    if (emptiness.possible) return std::nullopt;
    return queue_violation(std::move(emptiness.counterexample));
  }

  // More elements have to be popped by some deadline than pops began by it. The counterexample
  // holds all of them, all indeterminate pops, and the elements that cover the segments which
  // impose the deadline. An outer segment belongs to it only if the deadline is its own.
  Decision too_many_due(const UnmatchedElements& left, const StackDeadlines& deadlines) const {
    std::vector<std::uint32_t> counterexample = stack_.unknown;
    std::set<std::uint32_t> reasons;
    for (const UnmatchedElements::Element& due : left.too_many_due()) {
      counterexample.push_back(stack_.elements[due.index].enqueue);
      for (std::uint32_t time = deadlines.inside[due.index]; reasons.insert(time).second;) {
        const std::uint32_t outer = nesting_.times[time].outer;
        const bool asks =
            outer != Nested::kNone && deadlines.needed_in[outer] == deadlines.needed_in[time];
        if (!asks) break;
        time = outer;
      }
    }
    for (const std::uint32_t time : reasons) {
      for (const std::uint32_t i : cover(stack_.elements, nesting_, time)) {
        counterexample.insert(counterexample.end(),
                              {stack_.elements[i].enqueue, stack_.elements[i].dequeue});
      }
    }
    return queue_violation(std::move(counterexample));
  }

  std::vector<std::uint32_t> legal_order(const Emptiness& emptiness,
                                         const UnmatchedElements& left) {
    std::vector<Position> moments;
    for (const Emptiness::Moment& moment : emptiness.moments) moments.push_back(moment.at);
    if (stack_.unknown.empty()) return order_of_stack(stack_.elements, nesting_, emptiness);
    QueueElements stack = stack_;
    for (const auto& [take, index] : left.assign(moments)) {
      stack.elements[index].dequeue = stack.unknown[take];
      stack.elements[index].out_begin = operations_[stack.unknown[take]].invoke;
    }
    return order_of_stack(stack.elements, nest(stack.elements), emptiness);
  }

  std::span<const KeyOperation> operations_;
  QueueElements stack_;
  StackNesting nesting_;  // where there are indeterminate pops, without what is left over
};

}  // namespace

Decision decide_distinct_stack(std::span<const KeyOperation> operations, ValueId initial,
                               bool want_order) {
  if (!starts_empty(initial)) return {.kind = Decision::Kind::kNotApplicable};
  return DistinctStack(operations).decide(want_order);
}

constinit const FastDecider kDistinctStack{
    "distinct-stack", &make_stateless<[](const DeciderInput& key) {
      return decide_distinct_stack(key.operations, key.initial, key.want_order);
    }>};

}  // namespace capsize::checker
