#include "checker/algorithms/sum_demand.h"

#include <algorithm>

#include "checker/models/counter.h"

namespace capsize::checker {

// Sums are bounds here, and compared with some room: as floating point they cannot overflow.
void SumDemand::find(const SearchRow& row, const Available& available) {
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
    if (available(one) && serves_somebody(problem_.classes[one].operation)) useful_.push_back(one);
  }
}

void SumDemand::may_follow(const KeyOperation& addition, double times) {
  const auto amount = static_cast<double>(counter_amount(problem_.values, addition));
  (amount < 0 ? least_ : most_) += amount * times;
}

bool SumDemand::serves_somebody(const KeyOperation& addition) const {
  const auto amount = static_cast<double>(counter_amount(problem_.values, addition));
  const double room = 1 + (most_ - least_) * 1e-9;
  return std::ranges::any_of(missing_, [&](double missing) {
    // The addition itself is among what can be added.
    const double most = most_ - std::max(amount, 0.0);
    const double least = least_ - std::min(amount, 0.0);
    return missing - amount <= most + room && missing - amount >= least - room;
  });
}

}  // namespace capsize::checker
