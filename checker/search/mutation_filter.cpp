#include "checker/search/mutation_filter.h"

#include <algorithm>

#include "checker/specification/collection.h"
#include "checker/specification/counter.h"

namespace capsize::checker {

std::unique_ptr<MutationFilter> make_mutation_filter(const SearchProblem& problem,
                                                     const StateTable& states) {
  switch (problem.kind) {
    case SearchProblem::Kind::kExact:
      return std::make_unique<ValueFilter>(problem);
    case SearchProblem::Kind::kElements:
      return std::make_unique<ElementFilter>(problem);
    case SearchProblem::Kind::kSums:
      return std::make_unique<SumFilter>(problem, states);
    case SearchProblem::Kind::kAny:
      break;
  }
  return nullptr;
}

void ElementFilter::prepare(const SearchRow& row, const Available& available) {
  waiting_.clear();
  waiting_for_.clear();
  for (const std::uint32_t operation : problem_.open_at(row.completion())) {
    const KeyOperation& one = problem_.operations[operation];
    if (!one.pure || row.is_applied(operation)) continue;
    if (one.code == kCodeReadAll) {
      waiting_for_.push_back(&elements_of(one.argument));
    } else {
      waiting_.push_back(&one);
    }
  }
  useful_.clear();
  for (std::uint32_t one = 0; one < problem_.classes.size(); ++one) {
    if (available(one) && serves_a_waiting_operation(problem_.classes[one].operation))
      useful_.push_back(one);
  }
}

bool ElementFilter::serves_a_waiting_operation(const KeyOperation& mutation) const {
  const bool adds = mutation.code == kCodeAdd;
  return std::ranges::any_of(waiting_,
                             [&](const KeyOperation* asks) {
                               return asks->argument == mutation.argument &&
                                      (asks->code == kCodeContains) == adds;
                             }) ||
         std::ranges::any_of(waiting_for_, [&](const std::vector<ValueId>* set) {
           return std::ranges::binary_search(*set, mutation.argument) == adds;
         });
}

const std::vector<ValueId>& ElementFilter::elements_of(ValueId set) {
  const auto [entry, added] = sorted_.try_emplace(set);
  if (added) entry->second = sorted_elements(problem_.values, set);
  return entry->second;
}

// Sums are bounds here, and compared with some room: as floating point they cannot overflow.
void SumFilter::prepare(const SearchRow& row, const Available& available) {
  missing_.clear();
  useful_.clear();
  least_ = most_ = 0;
  const auto sum = static_cast<double>(counter_sum(states_, row.state()));
  const auto open = problem_.open_at(row.completion());
  for (const std::uint32_t operation : open) {
    const KeyOperation& one = problem_.operations[operation];
    if (row.is_applied(operation)) continue;
    if (one.pure) {
      missing_.push_back(static_cast<double>(counter_amount(problem_.values, one)) - sum);
    } else {
      may_follow(one, 1);
    }
  }
  if (missing_.empty()) return;
  for (std::uint32_t one = 0; one < problem_.classes.size(); ++one) {
    const auto& info = problem_.classes[one];
    if (!available(one)) continue;
    may_follow(info.operation, static_cast<double>(info.places.size() - row.used(one)));
  }
  for (std::uint32_t one = 0; one < problem_.classes.size(); ++one) {
    if (available(one) && serves_a_waiting_operation(problem_.classes[one].operation))
      useful_.push_back(one);
  }
}

void SumFilter::may_follow(const KeyOperation& addition, double times) {
  const auto amount = static_cast<double>(counter_amount(problem_.values, addition));
  (amount < 0 ? least_ : most_) += amount * times;
}

bool SumFilter::serves_a_waiting_operation(const KeyOperation& addition) const {
  const auto amount = static_cast<double>(counter_amount(problem_.values, addition));
  const double room = 1 + (most_ - least_) * 1e-9;
  return std::ranges::any_of(missing_, [&](double missing) {
    // The addition itself is among what can be added.
    const double most = most_ - std::max(amount, 0.0);
    const double least = least_ - std::min(amount, 0.0);
    return missing - amount <= most + room && missing - amount >= least - room;
  });
}

ValueFilter::ValueFilter(const SearchProblem& problem) : MutationFilter(false), problem_(problem) {
  std::vector<ValueId> left;
  for (const KeyOperation& operation : problem.operations) {
    if (operation.written != kNoValue) left.push_back(operation.written);
  }
  std::ranges::sort(left);
  left.erase(std::unique(left.begin(), left.end()), left.end());
  const auto number = [&](ValueId value) {
    const auto found = std::ranges::lower_bound(left, value);
    if (value == kNoValue || found == left.end() || *found != value) return kNone;
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

void ValueFilter::prepare(const SearchRow& row, const Available& available) {
  forget();
  for (const std::uint32_t operation : problem_.open_at(row.completion())) {
    if (wants_[operation] != kNone && !row.is_applied(operation)) want(wants_[operation]);
  }
  for (std::size_t next = 0; next < wanted_.size(); ++next) {
    for (const std::uint32_t one : leaving_[wanted_[next]]) {
      if (class_wants_[one] != kNone && available(one)) want(class_wants_[one]);
    }
  }
  find_useful(row.state());
}

void ValueFilter::forget() {
  for (const std::uint32_t value : wanted_) is_wanted_[value] = false;
  wanted_.clear();
}

void ValueFilter::find_useful(State state) {
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
