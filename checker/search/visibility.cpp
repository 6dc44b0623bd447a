#include "checker/search/visibility.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "checker/order/begun_intervals.h"

namespace capsize::checker {
namespace {

// Values that indeterminate cas lead to; with more, the answer is that the write may be seen.
constexpr std::size_t kReachedMax = 64;

class VisibilityAfterCompletion {
 public:
  VisibilityAfterCompletion(std::span<const KeyOperation> operations,
                            std::span<const SearchProblem::InfoClass> classes)
      : operations_(operations), classes_(classes), first_complete_(operations.size() + 1, kNever) {
    for (const KeyOperation& operation : operations) {
      if (!operation.required || operation.observed == kNoValue) continue;
      observers_[operation.observed].add(operation.invoke, operation.complete);
    }
    for (std::size_t i = operations.size(); i-- > 0;) {
      const bool mutates = operations[i].required && !operations[i].pure;
      first_complete_[i] =
          std::min(first_complete_[i + 1], mutates ? operations[i].complete : kNever);
    }
  }

  bool may_be_seen(const KeyOperation& write) {
    const auto& reached = reached_from(write.written);
    if (reached.size() > kReachedMax) return true;
    const auto later = std::upper_bound(
        operations_.begin(), operations_.end(), write.complete,
        [](Position at, const KeyOperation& operation) { return at < operation.invoke; });
    const Position horizon = first_complete_[static_cast<std::size_t>(later - operations_.begin())];
    return std::any_of(reached.begin(), reached.end(), [&](ValueId value) {
      const auto found = observers_.find(value);
      return found != observers_.end() && found->second.any_lasts(horizon, write.complete);
    });
  }

 private:
  // The value itself, and what indeterminate cas can make of it.
  const std::vector<ValueId>& reached_from(ValueId value) {
    std::vector<ValueId>& reached = reached_[value];
    if (!reached.empty()) return reached;
    reached = {value};
    for (std::size_t next = 0; next < reached.size() && reached.size() <= kReachedMax; ++next) {
      for (const auto& one : classes_) {
        if (one.operation.observed != reached[next]) continue;
        if (std::find(reached.begin(), reached.end(), one.operation.written) != reached.end()) {
          continue;
        }
        reached.push_back(one.operation.written);
      }
    }
    return reached;
  }

  std::span<const KeyOperation> operations_;
  std::span<const SearchProblem::InfoClass> classes_;
  std::vector<Position> first_complete_;                   // of acknowledged mutations from here on
  std::unordered_map<ValueId, BegunIntervals> observers_;  // acknowledged, by the value
  std::unordered_map<ValueId, std::vector<ValueId>> reached_;
};

}  // namespace

std::vector<bool> seen_after_completion(std::span<const KeyOperation> operations,
                                        std::span<const SearchProblem::InfoClass> classes,
                                        const std::function<bool()>& stop) {
  VisibilityAfterCompletion visibility(operations, classes);
  std::vector<bool> seen(operations.size(), false);
  for (std::size_t i = 0; i < operations.size() && !stop(); ++i) {
    if (operations[i].required && operations[i].blind)
      seen[i] = visibility.may_be_seen(operations[i]);
  }
  return seen;
}

}  // namespace capsize::checker
