#include "checker/explain/sources.h"

#include <algorithm>

namespace capsize::checker {

Sources::Sources(const KeyProblem& problem) : problem_(problem) {
  for (std::uint32_t i = 0; i < problem.operations.size(); ++i) {
    const KeyOperation& operation = problem.operations[i];
    if (operation.pure) continue;
    whole_values_ = whole_values_ && operation.written != kNoValue;
    writers_[operation.written].push_back(i);
    if (operation.required) mutations_.emplace_back(operation.complete, operation.invoke);
  }
  std::sort(mutations_.begin(), mutations_.end());
  Position largest = 0;
  for (auto& [complete, invoke] : mutations_) invoke = largest = std::max(largest, invoke);
}

// The largest invocation of what had been acknowledged before the observer began: whatever
// completed before that cannot be in force any more.
Position Sources::last_overwritten(const KeyOperation& observer) const {
  const auto after = std::lower_bound(mutations_.begin(), mutations_.end(),
                                      std::pair<Position, Position>(observer.invoke, 0));
  return after == mutations_.begin() ? 0 : std::prev(after)->second;
}

const std::vector<std::uint32_t>& Sources::needed_by(const KeyOperation& observer) const {
  const auto [entry, added] = needed_.try_emplace(observer.observed);
  std::vector<std::uint32_t>& needed = entry->second;
  if (!added) return needed;
  for (std::uint32_t i = 0; i < problem_.operations.size(); ++i) {
    const KeyOperation& writer = problem_.operations[i];
    if (writer.pure || !problem_.model.needs(problem_.history.values, observer, writer)) continue;
    needed.push_back(i);
  }
  return needed;
}

std::vector<std::uint32_t> Sources::of(std::uint32_t place) const {
  const KeyOperation& observer = problem_.operations[place];
  if (observer.observed == kNoValue) return {};
  if (!whole_values_) return needed_by(observer);
  const auto found = writers_.find(observer.observed);
  if (found == writers_.end()) return {};
  const Position overwritten = last_overwritten(observer);
  std::vector<std::uint32_t> sources;
  std::uint32_t latest = found->second.front();
  for (const std::uint32_t i : found->second) {
    const KeyOperation& writer = problem_.operations[i];
    if (writer.complete >= overwritten && writer.invoke <= observer.complete && i != place) {
      sources.push_back(i);
    }
    if (writer.invoke <= observer.invoke) latest = i;
  }
  // The initial value needs no writer where none is left.
  if (sources.empty() && observer.observed != problem_.initial && latest != place) {
    sources.push_back(latest);
  }
  return sources;
}

}  // namespace capsize::checker
