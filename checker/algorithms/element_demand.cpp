#include "checker/algorithms/element_demand.h"

#include <algorithm>

#include "checker/models/collection.h"

namespace capsize::checker {

void ElementDemand::find(const SearchRow& row, const Available& available) {
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
    if (available(one) && serves_somebody(problem_.classes[one].operation)) useful_.push_back(one);
  }
}

bool ElementDemand::serves_somebody(const KeyOperation& mutation) const {
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

const std::vector<ValueId>& ElementDemand::elements_of(ValueId set) {
  const auto [entry, added] = sorted_.try_emplace(set);
  if (added) entry->second = sorted_elements(problem_.values, set);
  return entry->second;
}

}  // namespace capsize::checker
