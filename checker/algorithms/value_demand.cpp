#include "checker/algorithms/value_demand.h"

#include <algorithm>

namespace capsize::checker {

ValueDemand::ValueDemand(const SearchProblem& problem) : Demand(false), problem_(problem) {
  std::vector<ValueId> left;
  for (const KeyOperation& operation : problem.operations) {
    if (operation.written != kNoValue) left.push_back(operation.written);
  }
  std::ranges::sort(left);
  left.erase(std::unique(left.begin(), left.end()), left.end());
  const auto number = [&](ValueId value) {
    const auto found = std::ranges::lower_bound(left, value);
    if (value == kNoValue || found == left.end() || *found != value) return kNobody;
    return static_cast<std::uint32_t>(found - left.begin());
  };
  for (const KeyOperation& operation : problem.operations) {
    wants_.push_back(number(operation.observed));
    leaves_.push_back(number(operation.written));
  }
  leaving_.resize(left.size());
  for (std::uint32_t one = 0; one < problem.classes.size(); ++one) {
    class_wants_.push_back(number(problem.classes[one].operation.observed));
    class_leaves_.push_back(number(problem.classes[one].operation.written));
    leaving_[class_leaves_[one]].push_back(one);
    observing_[problem.classes[one].operation.observed].push_back(one);
  }
  is_wanted_.resize(left.size());
}

void ValueDemand::find(const SearchRow& row, const Available& available) {
  forget();
  for (const std::uint32_t operation : problem_.open_at(row.completion())) {
    if (wants_[operation] != kNobody && !row.is_applied(operation)) want(wants_[operation]);
  }
  for (std::size_t next = 0; next < wanted_.size(); ++next) {
    for (const std::uint32_t one : leaving_[wanted_[next]]) {
      if (class_wants_[one] != kNobody && available(one)) want(class_wants_[one]);
    }
  }
  find_useful(row.state());
}

void ValueDemand::forget() {
  for (const std::uint32_t value : wanted_) is_wanted_[value] = false;
  wanted_.clear();
}

void ValueDemand::find_useful(State state) {
  useful_.clear();
  for (const ValueId observed : {state, kNoValue}) {
    const auto found = observing_.find(observed);
    if (found == observing_.end()) continue;
    for (const std::uint32_t one : found->second) {
      if (is_wanted_[class_leaves_[one]]) useful_.push_back(one);
    }
  }
}

}  // namespace capsize::checker
