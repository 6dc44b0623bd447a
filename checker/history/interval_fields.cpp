#include "checker/history/interval_fields.h"

#include <fmt/core.h>

namespace capsize::checker {

std::optional<FieldError> problem_of(const Interval& interval) {
  const bool completed = interval.outcome && *interval.outcome != Outcome::kInfo;
  if (completed && !interval.end) {
    return FieldError{"end", "a time, since the operation completed"};
  }
  if (interval.end && *interval.end < interval.start) {
    return FieldError{"end", fmt::format("a time not before the start, {}", interval.start)};
  }
  return std::nullopt;
}

}  // namespace capsize::checker
