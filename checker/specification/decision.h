// Decision: the answer of an algorithm about the operations of one key.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "checker/core/budget.h"

namespace capsize::checker {

struct SearchBounds {
  const Budget* budget = nullptr;               ///< of the whole file: its time
  std::uint64_t memory_bytes = 0;               ///< what is left for this search
  std::uint64_t steps_max = ~std::uint64_t{0};  ///< configurations expanded, both searches together
  bool want_order = false;                      ///< a legal order, and not only that there is one
};

struct Decision {
  enum class Kind : std::uint8_t {
    kLegal,
    kViolation,
    kNotApplicable,  ///< the algorithm's conditions do not hold here; another one has to decide
    kUnknown,        ///< a bound was reached; `reason` names it
  } kind = Kind::kLegal;

  /// kViolation: places of operations that clash, and of what makes the indeterminate ones among
  /// them certain to have happened. Writers of what they observed may still be missing.
  std::vector<std::uint32_t> counterexample = {};
  /// kLegal: places in a legal order, where the algorithm was asked for it or has it anyway. What
  /// is missing did not happen.
  std::vector<std::uint32_t> order = {};
  /// kViolation: no legal order exists even for what was invoked before this position. kUnknown:
  /// the search got as far as here.
  std::uint32_t end = 0xFFFFFFFFu;
  std::string reason = {};
  /// Which search it was, where there are several (search_any.h).
  std::string_view algorithm = {};

  [[nodiscard]] bool is_violation() const { return kind == Kind::kViolation; }
};

}  // namespace capsize::checker
