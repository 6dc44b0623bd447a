// Searches that explainers run on the few operations of a counterexample: whether they, or some of
// them, have a legal order (SmallSearch), and whether an observation would have been right at
// another moment (OtherMoment).
#pragma once

#include <span>
#include <vector>

#include "checker/core/budget.h"
#include "checker/specification/key_problem.h"

namespace capsize::checker {

/// How it fails: a search that takes too long returns false, and is_certain() is false from then
/// on.
class SmallSearch {
 public:
  /// The largest counterexample that is searched: people cannot follow a larger one.
  static constexpr std::size_t kOperationsMax = 64;

  /// Both arguments must outlive this object.
  SmallSearch(const KeyProblem& problem, const Budget& budget)
      : problem_(problem), budget_(budget) {}

  [[nodiscard]] bool has_legal_order(std::vector<KeyOperation> operations);
  /// Whether all searches ended within the bounds.
  [[nodiscard]] bool is_certain() const { return certain_; }

 private:
  const KeyProblem& problem_;
  const Budget& budget_;
  bool certain_ = true;
};

/// Determines whether an observation would have been right at another moment.
///
/// Take operations that have no legal order, but have one without some observer: its observation
/// was impossible at that time. If there is a legal order when it may have begun earlier, it
/// observed an old value; if there is one when it may have ended later, it observed a future value;
/// if there is neither, it observed a value that was never there. Values may repeat, because the
/// search considers all legal orders of the others.
///
/// The wider the interval of the observer, the more orders are legal. So a binary search finds the
/// latest moment at which the observed value may have been there, and the operation that completed
/// at that moment.
///
/// How it fails: as SmallSearch does.
class OtherMoment {
 public:
  /// All arguments must outlive this object. Precondition: the operations, of which the observer is
  /// one, have no legal order.
  OtherMoment(std::span<const KeyOperation> counterexample, const KeyOperation& observer,
              SmallSearch& search);

  /// Whether the others have a legal order, but none with the observation.
  [[nodiscard]] bool is_culprit() const { return is_culprit_; }
  /// The observed value was there, at the latest, right before this operation completed; nullptr if
  /// it was not there before.
  [[nodiscard]] const KeyOperation* overtaken_by() const { return overtaken_by_; }
  /// The observed value was there, at the earliest, after this operation began; nullptr if it was
  /// not there afterwards.
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
