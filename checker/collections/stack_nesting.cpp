#include "checker/collections/stack_nesting.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <functional>
#include <optional>

#include "checker/collections/interval_cover.h"

namespace capsize::checker {
namespace {

// A segment tree: the greatest value of a range, under updates of single values. Absent values are
// 0.
class Greatest {
 public:
  explicit Greatest(std::size_t size) : size_(std::bit_ceil(size + 1)), values_(2 * size_, 0) {}

  void set(std::size_t at, Position value) {
    std::size_t node = size_ + at;
    values_[node] = value;
    while ((node /= 2) > 0) values_[node] = std::max(values_[2 * node], values_[2 * node + 1]);
  }
  Position operator[](std::size_t at) const { return values_[size_ + at]; }

  /// Where the greatest value of [begin, end) is; the range is not empty.
  std::size_t place(std::size_t begin, std::size_t end) const {
    std::size_t best = size_ + begin;
    const auto examine = [&](std::size_t node) {
      if (values_[node] > values_[best]) best = node;
    };
    for (std::size_t from = size_ + begin, to = size_ + end; from < to; from /= 2, to /= 2) {
      if (from % 2 == 1) examine(from++);
      if (to % 2 == 1) examine(--to);
    }
    while (best < size_) best = 2 * best + (values_[2 * best] == values_[best] ? 0 : 1);
    return best - size_;
  }

 private:
  std::size_t size_;  // a power of two
  std::vector<Position> values_;
};

// The fewest elements whose certain times cover [begin, end], given by ascending in_end. Greedy: of
// those that begin before the point that is covered so far, always the one that reaches furthest.
std::vector<std::uint32_t> fewest_that_cover(std::span<const QueueElement> elements,
                                             std::span<const std::uint32_t> by_begin,
                                             Position begin, Position end) {
  std::vector<std::uint32_t> found;
  Position reached = begin;
  std::optional<std::uint32_t> furthest;
  for (std::size_t next = 0; reached < end;) {
    for (; next < by_begin.size(); ++next) {
      const QueueElement& element = elements[by_begin[next]];
      if (element.in_end >= reached && element.in_end != begin) break;
      if (!furthest || element.out_begin > elements[*furthest].out_begin) furthest = by_begin[next];
    }
    assert(furthest && elements[*furthest].out_begin > reached);  // a segment has no gap
    found.push_back(*furthest);
    reached = elements[*furthest].out_begin;
  }
  return found;
}

class Nesting {
 public:
  explicit Nesting(std::span<const QueueElement> elements)
      : elements_(elements),
        by_begin_(certain(elements)),
        line_(intervals()),
        early_(by_begin_.size()),
        late_(by_begin_.size()) {
    for (std::size_t i = 0; i < by_begin_.size(); ++i) early_.set(i, kNever - at(i).in_begin);
  }

  // Works on a stack of open segments, outermost first. From each segment it removes one element
  // that can contain all others (the bottom); what the others still cover falls apart into segments
  // that are nested in it. By the theorem any bottom will do, so nothing is ever undone.
  StackNesting run() {
    StackNesting result;
    push_segments({.begin = 0, .end = kNever, .depth = 0, .outer = Nested::kNone});
    while (!open_.empty()) {
      const Segment segment = open_.back();
      open_.pop_back();
      const auto bottom = take_bottom(segment);
      if (!bottom) return {.times = {}, .clash = cover(segment)};
      result.times.push_back(
          {segment.begin, segment.end, by_begin_[*bottom], segment.depth, segment.outer});
      const auto time = static_cast<std::uint32_t>(result.times.size() - 1);
      push_segments({segment.begin, segment.end, segment.depth + 1, time});
    }
    return result;
  }

 private:
  struct Segment {
    Position begin = 0;
    Position end = 0;
    std::uint32_t depth = 0;
    std::uint32_t outer = Nested::kNone;
  };

  static std::vector<std::uint32_t> certain(std::span<const QueueElement> elements) {
    std::vector<std::uint32_t> found;
    for (std::uint32_t i = 0; i < elements.size(); ++i) {
      if (elements[i].in_end < elements[i].out_begin) found.push_back(i);
    }
    std::ranges::sort(found, {}, [&](std::uint32_t i) { return elements[i].in_end; });
    return found;
  }

  std::vector<IntervalCover::Interval> intervals() const {
    std::vector<IntervalCover::Interval> found;
    for (const std::uint32_t i : by_begin_) {
      found.emplace_back(elements_[i].in_end, elements_[i].out_begin);
    }
    return found;
  }

  const QueueElement& at(std::size_t i) const { return elements_[by_begin_[i]]; }

  std::size_t first_from(Position position) const {
    const auto found = std::ranges::lower_bound(
        by_begin_, position, {}, [this](std::uint32_t i) { return elements_[i].in_end; });
    return static_cast<std::size_t>(found - by_begin_.begin());
  }

  // Pushes the segments within this one, the first one on top.
  void push_segments(const Segment& within) {
    const std::size_t below = open_.size();
    for (Position begin = line_.covered_from(within.begin); begin < within.end;) {
      const Position end = line_.free_from(begin);
      open_.push_back({begin, end, within.depth, within.outer});
      if (end >= within.end) break;
      begin = line_.covered_from(end);
    }
    std::reverse(open_.begin() + static_cast<std::ptrdiff_t>(below), open_.end());
  }

  // Removes an element that can be in for the whole segment and returns it; nothing if there is
  // none. It needs in_begin <= segment.begin and out_end >= segment.end: two conditions, but one
  // search. An element moves from early_ to late_ once it meets the first condition, and meets it
  // from then on, because the segments that contain it only become smaller. So each element moves
  // once, and in late_ only the greatest out_end matters.
  std::optional<std::size_t> take_bottom(const Segment& segment) {
    const std::size_t from = first_from(segment.begin);
    const std::size_t to = first_from(segment.end);
    for (;;) {
      const std::size_t next = early_.place(from, to);
      if (early_[next] == 0 || kNever - early_[next] > segment.begin) break;
      early_.set(next, 0);
      late_.set(next, at(next).out_end);
    }
    const std::size_t bottom = late_.place(from, to);
    if (late_[bottom] == 0 || late_[bottom] < segment.end) return std::nullopt;
    late_.set(bottom, 0);
    line_.remove({at(bottom).in_end, at(bottom).out_begin});
    return bottom;
  }

  // The clash: no element of the segment can contain it. A few elements that cover the same segment
  // have no bottom either.
  std::vector<std::uint32_t> cover(const Segment& segment) const {
    std::vector<std::uint32_t> left;
    for (std::size_t i = first_from(segment.begin); i < first_from(segment.end); ++i) {
      if (is_left(i)) left.push_back(by_begin_[i]);
    }
    return fewest_that_cover(elements_, left, segment.begin, segment.end);
  }

  bool is_left(std::size_t i) const { return early_[i] != 0 || late_[i] != 0; }

  std::span<const QueueElement> elements_;
  std::vector<std::uint32_t> by_begin_;  // those that are certainly in at all, by in_end
  IntervalCover line_;
  Greatest
      early_;      // by place in by_begin_: how early it went in, until a segment begins after that
  Greatest late_;  // from then on: when it comes out at the latest. Then it is taken: zero
  std::vector<Segment> open_;
};

}  // namespace

std::vector<std::uint32_t> cover(std::span<const QueueElement> elements,
                                 const StackNesting& nesting, std::uint32_t time) {
  const Nested& outermost = nesting.times[time];
  std::vector<std::uint32_t> inside = {outermost.element};
  for (std::size_t i = time + 1; i < nesting.times.size(); ++i) {
    if (nesting.times[i].depth <= outermost.depth) break;
    inside.push_back(nesting.times[i].element);
  }
  std::ranges::sort(inside, {}, [&](std::uint32_t i) { return elements[i].in_end; });
  return fewest_that_cover(elements, inside, outermost.begin, outermost.end);
}

StackNesting nest(std::span<const QueueElement> elements) {
  return Nesting(elements).run();
}

namespace {

// Elements with a certain time, by in_begin: either the unmatched ones or the others.
std::vector<std::uint32_t> by_in_begin(std::span<const QueueElement> elements, bool left_over) {
  std::vector<std::uint32_t> found;
  for (std::uint32_t i = 0; i < elements.size(); ++i) {
    const bool certainly_in = elements[i].in_end < elements[i].out_begin;
    if (elements[i].is_unmatched() == left_over && certainly_in) found.push_back(i);
  }
  std::ranges::stable_sort(found, {}, [&](std::uint32_t i) { return elements[i].in_begin; });
  return found;
}

// The greatest value added for any position from a given one on. Values are added over time.
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

  // Sweeps by in_begin. inside_ holds the nested times that contain the current position, outermost
  // first, so their ends descend; the innermost one that also ends after the element was certainly
  // pushed is the segment that x cannot extend beyond: nothing in it can be around x.
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
  // For each nested time: the latest out_end of the elements that may already have been in when it
  // began and did not certainly go in and out before.
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

  // An element that could be around this time beyond the end of the next outer one has to be around
  // that one, too; so the bound is then that of the outer time.
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
  std::vector<Position> needed_;       // by time, of those entered: of the elements inside it
  std::vector<std::uint32_t> inside_;  // nested times that contain the current position
};

}  // namespace

StackDeadlines find_deadlines(std::span<const QueueElement> elements, const StackNesting& nesting) {
  return Deadlines(elements, nesting).run();
}

}  // namespace capsize::checker
