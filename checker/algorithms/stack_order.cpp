#include "checker/algorithms/stack_order.h"

#include <algorithm>
#include <iterator>

#include "checker/algorithms/placed.h"

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
  // Pops what lies in more than so many others.
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

  // What is popped as soon as it was pushed.
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

  // These can stand anywhere.
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

}  // namespace

std::vector<std::uint32_t> order_of_stack(std::span<const QueueElement> elements,
                                          const StackNesting& nesting, const Emptiness& emptiness) {
  return StackOrder(elements, emptiness).run(nesting);
}

}  // namespace capsize::checker
