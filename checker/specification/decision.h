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
  /// kLegal: places in a legal order, if it was requested or is known anyway. Operations that are
  /// missing did not take effect.
  std::vector<std::uint32_t> order = {};
  /// kViolation: even the operations invoked before this position have no legal order. kUnknown:
  /// the search got to this position.
  std::uint32_t end = 0xFFFFFFFFu;
  std::string reason = {};
  /// The name of the search, if one was used (search_any.h).
  std::string_view algorithm = {};

  [[nodiscard]] bool is_violation() const { return kind == Kind::kViolation; }
};

}  // namespace capsize::checker
