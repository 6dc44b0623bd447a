// The questions that explainers ask the search about the few operations of a counterexample:
// whether they, or some of them, have a legal order (SmallSearch), and whether an observation would
// have been right at another moment (OtherMoment).
#pragma once

#include <span>
#include <vector>

#include "checker/core/budget.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {

/// How it fails: a question that takes too long is answered with no, and from then on no answer is
/// certain.
class SmallSearch {
 public:
  /// What it is meant for: no person can follow more than that.
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

/// Whether an observation would have been right at another moment.
///
/// Take operations that have no legal order, but have one without some observer: its observation
/// was impossible at that time. If there is a legal order once it may have begun earlier, it
/// observed something old; if there is one once it may have ended later, it observed something that
/// was still to come. If neither, it observed what was never there. That needs no difference
/// between values: all legal orders of the others are asked, by the search.
///
/// The wider the interval of the observer, the more orders are legal. So by halving the latest
/// moment is found at which what it saw may have been there, and the operation that had completed
/// right then.
///
/// How it fails: as the search does.
class OtherMoment {
 public:
  /// All outlive this object. Precondition: the operations, of which the observer is one, have no
  /// legal order.
  OtherMoment(std::span<const KeyOperation> counterexample, const KeyOperation& observer,
              SmallSearch& search);

  /// Whether it is what the observer saw that has no place in any order of the others.
  [[nodiscard]] bool is_culprit() const { return is_culprit_; }
  /// What it saw was there, at the latest, right before this operation had completed; nullptr if it
  /// was not there before.
  [[nodiscard]] const KeyOperation* overtaken_by() const { return overtaken_by_; }
  /// What it saw was there, at the earliest, when this operation had begun; nullptr if it was not
  /// there afterwards.
  [[nodiscard]] const KeyOperation* ahead_of() const { return ahead_of_; }

 private:
  [[nodiscard]] bool is_legal_with(Position invoke, Position complete);
  void look_earlier();
  void look_later();

  const KeyOperation& observer_;
  SmallSearch& search_;
  std::vector<KeyOperation> others_;
  bool is_culprit_ = false;
  const KeyOperation* overtaken_by_ = nullptr;
  const KeyOperation* ahead_of_ = nullptr;
};

}  // namespace capsize::checker
