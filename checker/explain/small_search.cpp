#include "checker/explain/small_search.h"

#include <algorithm>

#include "checker/algorithms/search_any.h"

namespace capsize::checker {
namespace {

constexpr std::uint64_t kMemoryBytes = std::uint64_t{32} << 20;
constexpr std::uint64_t kStepsMax = 20'000;  // of one question

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

}  // namespace capsize::checker
