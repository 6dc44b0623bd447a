#include "checker/search/element_search.h"

#include <algorithm>
#include <map>

#include "checker/search/just_in_time_search.h"
#include "checker/specification/collection.h"

namespace capsize::checker {
namespace {

// Operations of single elements that reads of the whole set may become.
constexpr std::size_t kProjectedMax = 2'000'000;
// The two states of an element, as values.
constexpr ValueId kAbsent = kNullValue;
constexpr ValueId kPresent = kEmptyList;

// One element's operations, as those of a register. `source` is the place among all.
using Projection = std::vector<KeyOperation>;

KeyOperation as_read(const KeyOperation& operation, bool present) {
  KeyOperation read = operation;
  read.code = kCodeRead;
  read.observed = present ? kPresent : kAbsent;
  return read;
}

KeyOperation as_write(const KeyOperation& operation, bool present) {
  KeyOperation write = operation;
  write.code = kCodeWrite;
  write.blind = true;
  write.written = present ? kPresent : kAbsent;
  return write;
}

KeyOperation on_element(KeyOperation operation, std::uint32_t place) {
  operation.source = place;
  switch (operation.code) {
    case kCodeAdd:
      return as_write(operation, true);
    case kCodeRemove:
      return as_write(operation, false);
    default:
      return as_read(operation, operation.code == kCodeContains);
  }
}

class ElementSearch {
 public:
  ElementSearch(std::span<const KeyOperation> operations, ValueId initial, const ValueTable& values,
                const SearchBounds& bounds)
      : operations_(operations),
        values_(values),
        bounds_(bounds),
        initial_(sorted_elements(values, initial)) {
    project();
  }

  Decision decide() {
    Decision decision = decide_each();
    if (decision.kind != Decision::Kind::kLegal) return decision;
    if (!reads_all_) return {.order = merged_order()};
    if (!add_whole_reads()) return {.kind = Decision::Kind::kNotApplicable};
    decision = decide_each();
    if (decision.kind == Decision::Kind::kLegal) decision.kind = Decision::Kind::kNotApplicable;
    return decision;
  }

 private:
  Decision decide_each() {
    points_.clear();
    Decision unknown;
    for (const auto& [element, projection] : projections_) {
      Decision decision = search(element, projection);
      if (decision.is_violation()) {
        for (const KeyOperation& operation : projection) {
          if (operation.invoke <= decision.end) decision.counterexample.push_back(operation.source);
        }
        return decision;
      }
      if (decision.kind == Decision::Kind::kUnknown) unknown = std::move(decision);
    }
    return unknown;
  }

  void project() {
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      if (operations_[i].code == kCodeReadAll) {
        reads_all_ = true;
      } else {
        projections_[operations_[i].argument].push_back(on_element(operations_[i], i));
      }
    }
  }

  // Each of them belongs to every element. Of elements that no operation added, only those count
  // that a `contains` asked about; a read of another one is found at once by the search over the
  // whole set. False: there are too many.
  bool add_whole_reads() {
    std::vector<std::uint32_t> reads;
    for (std::uint32_t i = 0; i < operations_.size(); ++i) {
      if (operations_[i].code == kCodeReadAll) reads.push_back(i);
    }
    if (reads.size() * projections_.size() > kProjectedMax) return false;
    for (const std::uint32_t read : reads) {
      const auto elements = sorted_elements(values_, operations_[read].argument);
      for (auto& [element, projection] : projections_) {
        const bool there = std::ranges::binary_search(elements, element);
        projection.push_back(as_read(operations_[read], there));
        projection.back().source = read;
      }
    }
    for (auto& [element, projection] : projections_) {
      std::ranges::stable_sort(projection, {}, &KeyOperation::invoke);
    }
    return true;
  }

  Decision search(ValueId element, const Projection& projection) {
    const bool there = std::ranges::binary_search(initial_, element);
    Decision decision = search_just_in_time(projection, there ? kPresent : kAbsent,
                                            *find_model("register"), values_, bounds_);
    Position point = 0;
    for (const std::uint32_t place : decision.order) {
      point = std::max(point, projection[place].invoke);
      points_.push_back({point, projection[place].source});
    }
    return decision;
  }

  std::vector<std::uint32_t> merged_order() {
    std::ranges::stable_sort(points_, {}, &Point::at);
    std::vector<std::uint32_t> order;
    for (const Point& point : points_) order.push_back(point.operation);
    return order;
  }

  struct Point {
    Position at;
    std::uint32_t operation;
  };

  std::span<const KeyOperation> operations_;
  const ValueTable& values_;
  const SearchBounds& bounds_;
  std::vector<ValueId> initial_;
  std::map<ValueId, Projection> projections_;
  bool reads_all_ = false;
  std::vector<Point> points_;
};

}  // namespace

Decision search_element_by_element(std::span<const KeyOperation> operations, ValueId initial,
                                   const ValueTable& values, const SearchBounds& bounds) {
  return ElementSearch(operations, initial, values, bounds).decide();
}

constinit const ModelSearch kElementSearch{"element-by-element", &search_element_by_element};

}  // namespace capsize::checker
