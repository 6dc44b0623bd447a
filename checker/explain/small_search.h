// SmallSearch: whether the few operations of an explanation, or some of them, have a legal order.
//
// How it fails: a question that takes too long is answered with no, and from then on nothing that
// was said is certain.
#pragma once

#include <vector>

#include "checker/budget.h"
#include "checker/key_problem.h"

namespace capsize::checker {

class SmallSearch {
 public:
  /// What it is meant for: more than that nobody can look at either.
  static constexpr std::size_t kOperationsMax = 64;

  /// Both outlive this object.
  SmallSearch(const KeyProblem& problem, const Budget& budget)
      : problem_(problem), budget_(budget) {}

  [[nodiscard]] bool has_legal_order(std::vector<KeyOperation> operations);
  /// Whether all questions were answered within the bounds.
  [[nodiscard]] bool is_certain() const { return certain_; }

 private:
  const KeyProblem& problem_;
  const Budget& budget_;
  bool certain_ = true;
};

}  // namespace capsize::checker
