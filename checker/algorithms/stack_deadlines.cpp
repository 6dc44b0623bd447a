#include "checker/algorithms/stack_deadlines.h"

#include <algorithm>

namespace capsize::checker {
namespace {

// Either what is left over, or what was certainly in for a while and popped.
std::vector<std::uint32_t> by_in_begin(std::span<const QueueElement> elements, bool left_over) {
  std::vector<std::uint32_t> found;
  for (std::uint32_t i = 0; i < elements.size(); ++i) {
    const bool certainly_in = elements[i].in_end < elements[i].out_begin;
    if (elements[i].is_left_over() == left_over && certainly_in) found.push_back(i);
  }
  std::ranges::stable_sort(found, {}, [&](std::uint32_t i) { return elements[i].in_begin; });
  return found;
}

// The latest that is known for any position from some one on, while more becomes known.
class LatestFrom {
 public:
  explicit LatestFrom(std::vector<Position> positions) : positions_(std::move(positions)) {
    std::ranges::sort(positions_);
    latest_.assign(positions_.size() + 1, 0);
  }

  void add(Position position, Position value) {
    for (std::size_t i = place_from_end(position); i < latest_.size(); i += i & (~i + 1)) {
      latest_[i] = std::max(latest_[i], value);
    }
  }
  Position from(Position position) const {
    Position latest = 0;
    for (std::size_t i = place_from_end(position); i > 0; i -= i & (~i + 1)) {
      latest = std::max(latest, latest_[i]);
    }
    return latest;
  }

 private:
  // Of the positions from this one on, how many there are.
  std::size_t place_from_end(Position position) const {
    return static_cast<std::size_t>(positions_.end() -
                                    std::ranges::lower_bound(positions_, position));
  }

  std::vector<Position> positions_;
  std::vector<Position> latest_;  // a Fenwick tree, from the end
};

class Deadlines {
 public:
  Deadlines(std::span<const QueueElement> elements, const StackNesting& nesting)
      : elements_(elements),
        nesting_(nesting),
        around_(latest_around()),
        needed_(nesting.times.size()) {}

  StackDeadlines run() {
    StackDeadlines deadlines;
    deadlines.enough.assign(elements_.size(), kNever);
    deadlines.needed.assign(elements_.size(), kNever);
    deadlines.inside.assign(elements_.size(), Nested::kNone);
    std::uint32_t next = 0;
    for (const std::uint32_t i : by_in_begin(elements_, true)) {
      for (; next < nesting_.times.size() && nesting_.times[next].begin < elements_[i].in_begin;
           ++next) {
        enter(next);
      }
      const auto outer =
          std::ranges::lower_bound(inside_, elements_[i].in_end, std::ranges::greater(),
                                   [this](std::uint32_t time) { return nesting_.times[time].end; });
      if (outer == inside_.begin()) continue;
      const std::uint32_t inside = *std::prev(outer);
      deadlines.enough[i] = nesting_.times[inside].end;
      deadlines.needed[i] = needed_[inside];
      deadlines.inside[i] = inside;
    }
    deadlines.needed_in = std::move(needed_);
    return deadlines;
  }

 private:
  // For each time: when the last one of those comes out that can have been in at its begin, and
  // were not certainly in before.
  std::vector<Position> latest_around() const {
    std::vector<Position> in_ends;
    for (const QueueElement& element : elements_) in_ends.push_back(element.in_end);
    LatestFrom latest(std::move(in_ends));
    std::vector<Position> around;
    const auto elements = by_in_begin(elements_, false);
    auto next = elements.begin();
    for (const Nested& time : nesting_.times) {
      for (; next != elements.end() && elements_[*next].in_begin <= time.begin; ++next) {
        latest.add(elements_[*next].in_end, elements_[*next].out_end);
      }
      around.push_back(latest.from(time.begin));
    }
    return around;
  }

  // Where something could be around it for longer than the time that it lies in lasts, it has to be
  // around that one as well.
  void enter(std::uint32_t time) {
    const Nested& its = nesting_.times[time];
    const bool outermost = its.outer == Nested::kNone;
    const Position outer = outermost ? kNever : nesting_.times[its.outer].end;
    const Position until = std::max(its.end, std::min(around_[time], outer));
    needed_[time] = until < outer || outermost ? until : needed_[its.outer];
    inside_.resize(its.depth);
    inside_.push_back(time);
  }

  std::span<const QueueElement> elements_;
  const StackNesting& nesting_;
  std::vector<Position> around_;       // by time
  std::vector<Position> needed_;       // by time, of those entered: of what lies in it
  std::vector<std::uint32_t> inside_;  // times that lie in one another, at the position reached
};

}  // namespace

StackDeadlines find_deadlines(std::span<const QueueElement> elements, const StackNesting& nesting) {
  return Deadlines(elements, nesting).run();
}

}  // namespace capsize::checker
