#include "checker/collections/emptiness.h"

#include <algorithm>

namespace capsize::checker {
namespace {

// Elements that are certainly in for a while, by the begin of that while.
class Certain {
 public:
  Certain(const QueueElements& queue, bool with_left_overs) {
    for (const QueueElement& element : queue.elements) {
      if (element.is_unmatched() && !with_left_overs) continue;
      if (element.in_end < element.out_begin) by_begin_.push_back(&element);
    }
    std::ranges::sort(by_begin_, {}, [](const auto* element) { return element->in_end; });
    for (const QueueElement* element : by_begin_) {
      const bool longer = longest_.empty() || element->out_begin > longest_.back()->out_begin;
      longest_.push_back(longer ? element : longest_.back());
      // A while that begins where the one before ends leaves that position free.
      if (busy_.empty() || element->in_end >= busy_.back().end) {
        busy_.push_back({element->in_end, element->out_begin});
      } else {
        busy_.back().end = std::max(busy_.back().end, element->out_begin);
      }
    }
  }

  // The first position from here on at which nothing is certainly in.
  Position free_from(Position position) const {
    const auto after = std::ranges::lower_bound(busy_, position, {}, &Busy::begin);
    if (after == busy_.begin()) return position;
    return std::max(position, std::prev(after)->end);
  }

  // Elements that cover the positions from one to the other, as few as possible.
  void cover(Position from, Position to, std::vector<std::uint32_t>& counterexample) const {
    while (from <= to) {
      const auto begun = std::ranges::lower_bound(
          by_begin_, from, {}, [](const auto* element) { return element->in_end; });
      if (begun == by_begin_.begin()) return;
      const QueueElement& element =
          *longest_[static_cast<std::size_t>(begun - by_begin_.begin() - 1)];
      if (element.out_begin <= from) return;
      counterexample.insert(counterexample.end(), {element.enqueue, element.dequeue});
      if (element.out_begin == kNever) return;
      from = element.out_begin;
    }
  }

 private:
  struct Busy {
    Position begin;  // both exclusive
    Position end;
  };

  std::vector<const QueueElement*> by_begin_;
  std::vector<const QueueElement*> longest_;  // of those up to here
  std::vector<Busy> busy_;
};

class Moments {
 public:
  Moments(std::span<const KeyOperation> operations, const QueueElements& queue,
          UnmatchedElements& left_overs)
      : operations_(operations),
        queue_(queue),
        left_overs_(left_overs),
        certain_(queue, queue.unknown.empty()) {}

  Emptiness find() {
    collect_candidates();
    std::ranges::sort(candidates_, {}, &Candidate::at);
    std::vector<bool> found(queue_.empty.size(), false);
    Emptiness result;
    for (const Candidate& candidate : candidates_) {
      if (found[candidate.empty]) continue;
      if (!queue_.unknown.empty() && !left_overs_.can_be_gone_at(candidate.at)) continue;
      found[candidate.empty] = true;
      result.moments.push_back({candidate.at, queue_.empty[candidate.empty]});
    }
    const auto missing = std::ranges::find(found, false);
    if (missing != found.end()) {
      result.possible = false;
      result.counterexample =
          counterexample_of(queue_.empty[static_cast<std::size_t>(missing - found.begin())]);
    }
    return result;
  }

 private:
  struct Candidate {
    Position at;
    std::uint32_t empty;  // which one in QueueElements::empty
  };

  // Candidates for the moment of an empty dequeue: the first free position of its interval, and the
  // first free one after each indeterminate dequeue that begins in it. A later position between two
  // of these is no better: more elements are in that have to be removed, and no more dequeues to do
  // it.
  void collect_candidates() {
    for (std::uint32_t i = 0; i < queue_.empty.size(); ++i) {
      const KeyOperation& empty = operations_[queue_.empty[i]];
      add_candidate(i, empty.invoke);
      const auto later = std::ranges::upper_bound(
          queue_.unknown, empty.invoke, {},
          [&](std::uint32_t unknown) { return operations_[unknown].invoke; });
      for (auto unknown = later; unknown != queue_.unknown.end(); ++unknown) {
        if (operations_[*unknown].invoke > empty.complete) break;
        add_candidate(i, operations_[*unknown].invoke);
      }
    }
  }

  void add_candidate(std::uint32_t empty, Position from) {
    const Position at = certain_.free_from(from);
    if (at <= operations_[queue_.empty[empty]].complete) candidates_.push_back({at, empty});
  }

  std::vector<std::uint32_t> counterexample_of(std::uint32_t place) const {
    const KeyOperation& empty = operations_[place];
    std::vector<std::uint32_t> counterexample = {place};
    if (certain_.free_from(empty.invoke) > empty.complete) {
      certain_.cover(empty.invoke, empty.complete, counterexample);
      return counterexample;
    }
    // There are too few indeterminate dequeues. The counterexample holds the elements that have to
    // be removed, those that impose deadlines on them, and those that leave no other moment.
    const bool ordered = std::ranges::any_of(
        left_overs_.elements(), [](const auto& left) { return left.deadline != kNever; });
    for (const QueueElement& element : queue_.elements) {
      const bool in_the_way = element.in_end <= empty.complete && element.out_begin >= empty.invoke;
      if (element.is_unmatched() || !(ordered || in_the_way)) continue;
      counterexample.insert(counterexample.end(), {element.enqueue, element.dequeue});
    }
    for (const UnmatchedElements::Element& left : left_overs_.elements()) {
      if (left.in_end <= empty.complete || left.deadline != kNever) {
        counterexample.push_back(queue_.elements[left.index].enqueue);
      }
    }
    counterexample.insert(counterexample.end(), queue_.unknown.begin(), queue_.unknown.end());
    return counterexample;
  }

  std::span<const KeyOperation> operations_;
  const QueueElements& queue_;
  UnmatchedElements& left_overs_;
  Certain certain_;
  std::vector<Candidate> candidates_;
};

}  // namespace

Emptiness find_empty_moments(std::span<const KeyOperation> operations, const QueueElements& queue,
                             UnmatchedElements& left_overs) {
  return Moments(operations, queue, left_overs).find();
}

}  // namespace capsize::checker
