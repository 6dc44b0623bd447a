#include "checker/core/budget.h"

#include <fmt/core.h>

namespace capsize::checker {

std::string Budget::time_bound() const {
  return fmt::format("the time bound of {:g} s",
                     std::chrono::duration<double>(time_limit_).count());
}

}  // namespace capsize::checker
