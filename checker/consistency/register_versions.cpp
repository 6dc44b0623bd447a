#include "checker/consistency/register_versions.h"

#include <algorithm>

namespace capsize::checker {

std::optional<RegisterVersions> RegisterVersions::of(const KeyProblem& problem) {
  RegisterVersions versions;
  versions.initial_ = problem.initial;
  versions.versions_[problem.initial];
  for (const KeyOperation& operation : problem.operations) {
    if (operation.written == kNoValue && (!operation.pure || operation.observed == kNoValue)) {
      return std::nullopt;
    }
    if (operation.written == kNoValue) continue;
    const auto [version, added] = versions.versions_.try_emplace(operation.written);
    if (!added) return std::nullopt;
    version->second.writer = &operation;
    version->second.certain_from = operation.complete;
  }
  // Live operations are the acknowledged ones and the writers of what a live operation observed.
  std::unordered_map<const KeyOperation*, bool> live;
  std::vector<const KeyOperation*> pending;
  for (const KeyOperation& operation : problem.operations) {
    if (operation.required) pending.push_back(&operation);
  }
  while (!pending.empty()) {
    const KeyOperation* operation = pending.back();
    pending.pop_back();
    if (live[operation]) continue;
    live[operation] = true;
    versions.operations_.push_back(operation);
    if (operation->observed == kNoValue) continue;
    const auto seen = versions.versions_.find(operation->observed);
    if (seen == versions.versions_.end()) return std::nullopt;
    seen->second.observers.push_back(operation);
    seen->second.certain_from = std::min(seen->second.certain_from, operation->complete);
    if (seen->second.writer != nullptr) pending.push_back(seen->second.writer);
  }
  std::sort(versions.operations_.begin(), versions.operations_.end(),
            [](const auto* a, const auto* b) { return a->source < b->source; });
  return versions;
}

bool RegisterVersions::is_older(ValueId value, ValueId than) const {
  if (value == than) return false;
  const KeyOperation* newer = versions_.at(than).writer;
  if (newer == nullptr) return false;
  return value == initial_ || versions_.at(value).certain_from < newer->invoke;
}

}  // namespace capsize::checker
