#include "checker/explain/small_search.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "checker/search/search_any.h"

namespace capsize::checker {
namespace {

constexpr std::uint64_t kMemoryBytes = std::uint64_t{32} << 20;
constexpr std::uint64_t kStepsMax = 20'000;  // per question

}  // namespace

bool SmallSearch::has_legal_order(std::vector<KeyOperation> operations) {
  std::stable_sort(operations.begin(), operations.end(),
                   [](const auto& a, const auto& b) { return a.invoke < b.invoke; });
  const SearchBounds bounds{
      .budget = &budget_, .memory_bytes = kMemoryBytes, .steps_max = kStepsMax};
  const auto kind =
      search_any(operations, problem_.initial, problem_.model, problem_.history.values, bounds)
          .kind;
  certain_ = certain_ && kind != Decision::Kind::kUnknown;
  return kind == Decision::Kind::kLegal;
}

OtherMoment::OtherMoment(std::span<const KeyOperation> counterexample, const KeyOperation& observer,
                         SmallSearch& search)
    : observer_(observer), search_(search) {
  std::copy_if(counterexample.begin(), counterexample.end(), std::back_inserter(others_),
               [&](const KeyOperation& other) { return other.source != observer.source; });
  // A cas may have succeeded correctly, and be wrong only because of the value that it wrote.
  is_culprit_ =
      search_.has_legal_order(others_) && !is_legal_with(observer.invoke, observer.complete);
  if (!is_culprit_) return;
  look_earlier();
  look_later();
}

// Searched as a read, even if it is a cas, because the value that a cas writes belongs to another
// moment.
bool OtherMoment::is_legal_with(Position invoke, Position complete) {
  KeyOperation moved = observer_;
  moved.code = kCodeRead;
  moved.pure = true;
  moved.written = kNoValue;
  moved.invoke = invoke;
  moved.complete = complete;
  std::vector<KeyOperation> operations = others_;
  operations.push_back(moved);
  return search_.has_legal_order(std::move(operations));
}

void OtherMoment::look_earlier() {
  std::vector<const KeyOperation*> before;
  for (const KeyOperation& other : others_) {
    if (other.complete < observer_.invoke) before.push_back(&other);
  }
  std::sort(before.begin(), before.end(),
            [](const auto* a, const auto* b) { return a->complete > b->complete; });
  const auto latest =
      std::partition_point(before.begin(), before.end(), [&](const KeyOperation* other) {
        return !is_legal_with(other->complete, observer_.complete);
      });
  if (latest != before.end()) overtaken_by_ = *latest;
}

void OtherMoment::look_later() {
  const auto first = std::partition_point(
      others_.begin(), others_.end(),
      [&](const KeyOperation& other) { return other.invoke <= observer_.complete; });
  const auto earliest = std::partition_point(first, others_.end(), [&](const KeyOperation& other) {
    return !is_legal_with(observer_.invoke, other.invoke);
  });
  if (earliest != others_.end()) ahead_of_ = &*earliest;
}

}  // namespace capsize::checker
